# Where the CA is, what its endpoint is trusted by, and the port on which it looks for answers.
$ca = @{ Issuer = $env:DEMO_DIRECTORY; CaCertificate = $env:DEMO_ROOT; HttpPort = $env:DEMO_PORT }

# A certificate for two names. The module answers the CA's http-01 challenges itself.
New-ConvoxCertificate one.example.org, two.example.org @ca -Contact you@example.org -AcceptTermsOfService -Duration 90d

# Asking again orders nothing: the certificate that is there is not due.
New-ConvoxCertificate one.example.org, two.example.org @ca -Duration 90d -Verbose

# The list, as 'convox certs' shows it.
Get-ConvoxCertificate

# It is an object, with whatever a script may want to know.
Get-ConvoxCertificate | ForEach-Object { "$($_.Domains -join ', '): $($_.KeyAlgorithm), expires $($_.Expires.ToString('u')), due $($_.RenewAfter.ToString('u'))" }

# For programs that want a PFX archive.
$password = [System.Net.NetworkCredential]::new('', 'demo').SecurePassword
Get-ConvoxCertificate | Export-ConvoxCertificate -Path site.pfx -Password $password | ForEach-Object { "$($_.Name), $($_.Length) bytes" }

# Without -Force only what is due would be renewed. What it was ordered with holds: nothing is named again.
Update-ConvoxCertificate
Get-ConvoxCertificate | Update-ConvoxCertificate -Force

# Back to the version before, and forward again, each in one step.
Get-ConvoxCertificate | Restore-ConvoxCertificate | ForEach-Object { "Version $($_.Version) of $($_.Versions -join ', ') is live." }
Get-ConvoxCertificate | Restore-ConvoxCertificate -Version 2 | ForEach-Object { "Version $($_.Version) of $($_.Versions -join ', ') is live." }

# Revoked at the CA, and gone from the rack.
Get-ConvoxCertificate | Revoke-ConvoxCertificate -Reason Superseded -PassThru -Confirm:$false
Get-ConvoxCertificate | Remove-ConvoxCertificate -Confirm:$false
"$(@(Get-ConvoxCertificate).Count) certificates are left."
