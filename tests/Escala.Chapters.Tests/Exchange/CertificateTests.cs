using System.Security.Cryptography.X509Certificates;
using Escala.Cascades.Sheets;
using Escala.Chapters.Tests.Stores;
using Escala.Cli.Site;
using Escala.Web;
using Escala.Web.Field;

namespace Escala.Chapters.Tests.Exchange;

public sealed class CertificateTests
{
    /// <summary>A client that trusts the authority and nothing else reaches the server by its name; a second certificate needs no new trust.</summary>
    [Fact]
    public async Task A_device_that_trusts_the_authority_reaches_the_server_by_https()
    {
        var folder = Directory.CreateTempSubdirectory("escala-certificate-").FullName;
        try
        {
            CertificateCommand.Make(folder, ["127.0.0.1", "clinic.local"], TimeProvider.System);
            var authority = File.ReadAllBytes(Path.Combine(folder, CertificateCommand.Authority));
            CertificateCommand.Make(folder, ["127.0.0.1"], TimeProvider.System);
            Assert.Equal(authority, File.ReadAllBytes(Path.Combine(folder, CertificateCommand.Authority)));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, CertificateCommand.AuthorityKey)));
            var certificate = X509CertificateLoader.LoadPkcs12CollectionFromFile(Path.Combine(folder, CertificateCommand.Server), null).First(c => c.HasPrivateKey);
            using var store = new RunningStore(Engine.Sqlite, FieldSite.Places);
            using var field = new FieldServer(store.Store, store.Writer, store.Clock, null);
            await using var site = EscalaSite.Build(() => SheetSource.Open(store.Store, TimeProvider.System).Value, 0, field, new LanAddress(System.Net.IPAddress.Loopback, 0, certificate, ["127.0.0.1"]));
            await site.StartAsync(TestContext.Current.CancellationToken);
            using var trusted = X509CertificateLoader.LoadCertificate(authority);
            using var handler = new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback = (_, offered, _, errors) =>
                {
                    using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
                    chain.ChainPolicy.CustomTrustStore.Add(trusted);
                    return chain.Build(offered!) && !errors.HasFlag(System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch);
                },
            };
            using var client = new HttpClient(handler);
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await client.GetAsync(Assert.Single(site.FieldAddresses), TestContext.Current.CancellationToken)).StatusCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
