# The CA's directory, the root of its endpoint, and the port to which it connects for http-01.
$ca = @{ Issuer = $env:DEMO_DIRECTORY; CaCertificate = $env:DEMO_ROOT; HttpPort = $env:DEMO_PORT }

# Issue a certificate for two names. The module itself responds to the CA's http-01 challenges.
New-ConvoxCertificate one.example.org, two.example.org @ca -Contact you@example.org -AcceptTermsOfService -Duration 90d

# The same command again places no order, because the existing certificate is not due.
New-ConvoxCertificate one.example.org, two.example.org @ca -Duration 90d -Verbose

# List the certificates, as 'convox certs' does.
Get-ConvoxCertificate

# Each certificate is an object, with properties for scripts.
Get-ConvoxCertificate | ForEach-Object {
    "$($_.Domains -join ', '): $($_.KeyAlgorithm), expires $($_.Expires.ToString('u')), due $($_.RenewAfter.ToString('u'))"
}

# Export a PFX archive.
$password = [System.Net.NetworkCredential]::new('', 'demo').SecurePassword
Get-ConvoxCertificate | Export-ConvoxCertificate -Path site.pfx -Password $password | ForEach-Object { "$($_.Name), $($_.Length) bytes" }

# Renew. Without -Force, only due certificates are renewed. The settings of the first order are reused.
Update-ConvoxCertificate
Get-ConvoxCertificate | Update-ConvoxCertificate -Force

# Restore the previous version, and then the latest one. Each switch is one step.
Get-ConvoxCertificate | Restore-ConvoxCertificate |
    ForEach-Object { "Version $($_.Version) of $($_.Versions -join ', ') is live." }
Get-ConvoxCertificate | Restore-ConvoxCertificate -Version 2 |
    ForEach-Object { "Version $($_.Version) of $($_.Versions -join ', ') is live." }

# Revoke the certificate at the CA, and remove it from the rack.
Get-ConvoxCertificate | Revoke-ConvoxCertificate -Reason Superseded -PassThru -Confirm:$false
Get-ConvoxCertificate | Remove-ConvoxCertificate -Confirm:$false
"$(@(Get-ConvoxCertificate).Count) certificates are left."
