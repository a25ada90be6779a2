using System.Reflection;
using System.Text;
using BenchmarkDotNet.Attributes;
using ConvoxSsl.Bench.World;
using ConvoxSsl.Engine.Certificates;
using ConvoxSsl.Engine.Racks.Contracts;
using ConvoxSsl.Engine.Racks.Local;

namespace ConvoxSsl.Bench.Works;

/// <summary>The parts of the engine that an issuance spends processor time and disk writes in.</summary>
[MemoryDiagnoser]
public class EngineParts
{
    private const string Id = "cert-1111111111111111111111111111111111111111";

    private static readonly CertificateNameSet s_name = CertificateNameSet.Parse(["www.bench0.example"]);
    private static readonly byte[] s_payload = Encoding.UTF8.GetBytes("""{"identifiers":[{"type":"dns","value":"www.bench0.example"}]}""");
    private static readonly Uri s_url = new("https://ca.example/new-order");
    private static readonly Sign s_sign = typeof(PrivateKey).Assembly.GetType("ConvoxSsl.Engine.Acme.Jws", throwOnError: true)!
        .GetMethod("Sign", BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<Sign>();

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("convoxssl-");
    private readonly KeyAlgorithm _algorithm = KeyAlgorithm.EcdsaP256;
    private readonly CertificateWithKey _material = FilledRack.Material("www.bench0.example");
    private string _pem = string.Empty;
    private LocalRack _rack = null!;

    private delegate byte[] Sign(PrivateKey key, Uri? account, string nonce, Uri url, ReadOnlySpan<byte> payload);

    /// <summary>Creates a rack with a certificate to read.</summary>
    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _pem = _material.Chain.FullPem();
        _rack = new LocalRack("bench", _home.FullName, []);
        await _rack.PrepareAsync(default);
        await StoreAsync(Id);
    }

    /// <summary>Deletes the rack.</summary>
    [GlobalCleanup]
    public void Clean() => _home.Delete(recursive: true);

    /// <summary>Signs a request.</summary>
    [Benchmark(Description = "JWS, ECDSA P-256")]
    public int SignRequest() => s_sign(_material.Key!, s_url, "nonce", s_url, s_payload).Length;

    /// <summary>Creates a signing request.</summary>
    [Benchmark(Description = "CSR, ECDSA P-256")]
    public int MakeSigningRequest() => SigningRequest.Create(_material.Key!, s_name).Der.Length;

    /// <summary>Generates a key.</summary>
    [Benchmark(Description = "key, ECDSA P-256")]
    public void MakeKey() => PrivateKey.Generate(_algorithm).Dispose();

    /// <summary>Parses and checks a chain.</summary>
    [Benchmark(Description = "chain from PEM")]
    public void ParsePem() => CertificateChain.FromPem(_pem).Dispose();

    /// <summary>Stores a certificate with its first version, flushed to the disk.</summary>
    [Benchmark(Description = "store, write and remove")]
    public async Task WriteAsync()
    {
        await StoreAsync("cert-2222222222222222222222222222222222222222");
        await _rack.Certificates.RemoveAsync("cert-2222222222222222222222222222222222222222", default);
    }

    /// <summary>Reads the entry of a certificate.</summary>
    [Benchmark(Description = "store, read the record")]
    public async Task<int> ReadAsync() => (await _rack.Certificates.FindAsync(Id, default))!.LiveVersion;

    /// <summary>Reads the chain and key of a certificate.</summary>
    [Benchmark(Description = "store, read chain and key")]
    public async Task ReadMaterialAsync() => (await _rack.Certificates.ReadAsync(Id, 1, default)).Dispose();

    private Task<CertificateEntry> StoreAsync(string id) =>
        _rack.Certificates.AddVersionAsync(
            FilledRack.Record(id), _material, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(60), 3, default);
}
