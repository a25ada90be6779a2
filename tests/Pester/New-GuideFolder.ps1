# Creates a folder with the files that guides mention, and stubs for external programs.
param([Parameter(Mandatory)] [string] $Path)

New-Item -ItemType Directory $Path, "$Path/programs", "$Path/deploy" | Out-Null
Set-Content "$Path/convox.yml" @'
services:
  web:
    domain: www.example.org
    port: 3000
  api:
    domain: api.example.org
    port: 3000
'@
Set-Content "$Path/names.csv" 'Domain', 'c.example.org', 'd.example.org'
$key = [System.Security.Cryptography.ECDsa]::Create([System.Security.Cryptography.ECCurve]::CreateFromFriendlyName('nistP256'))
$now = [DateTimeOffset]::UtcNow
$root = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=A root', $key, 'SHA256')
$root.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]::new($true, $false, 0, $true))
$issuer = $root.CreateSelfSigned($now.AddDays(-2), $now.AddDays(400))
$request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=imported.example.org', $key, 'SHA256')
$names = [System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
$names.AddDnsName('imported.example.org')
$request.CertificateExtensions.Add($names.Build($false))
$leaf = $request.Create($issuer, $now.AddDays(-1), $now.AddDays(90), [byte[]](1, 2, 3, 4))
Set-Content "$Path/site.pem" $leaf.ExportCertificatePem()
Set-Content "$Path/site.key" $key.ExportPkcs8PrivateKeyPem()
Set-Content "$Path/chain.pem" $issuer.ExportCertificatePem()
foreach ($program in 'pwsh', 'kubectl', 'postfix', 'age', 'age-keygen', 'aws', 'setup-envtest') {
    Set-Content "$Path/programs/$program" '#!/bin/sh'
}
Set-Content "$Path/programs/systemctl" "#!/bin/sh`ncase `"`$1`" in show) echo LoadState=loaded ;; esac"
Set-Content "$Path/programs/crontab" @'
#!/bin/sh
case "$1" in
  -l) [ -f "$0.tab" ] || { echo "no crontab for me" >&2; exit 1; }; cat "$0.tab" ;;
  -r) rm "$0.tab" ;;
  -) cat > "$0.tab" ;;
esac
'@
chmod +x (Get-ChildItem "$Path/programs").FullName
