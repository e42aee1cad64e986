using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
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
            await using var site = EscalaSite.Build(() => SheetSource.Open(store.Store, TimeProvider.System).Value, 0, field, new LanAddress(IPAddress.Loopback, 0, certificate, ["127.0.0.1"]));
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
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(Assert.Single(site.FieldAddresses), TestContext.Current.CancellationToken)).StatusCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>This computer has its one-time link without https; devices have each name of the certificate, at the port that was told.</summary>
    [Fact, Trait("Speed", "Slow")]
    public async Task A_store_served_in_the_network_is_reached_from_this_computer_and_from_devices()
    {
        var folder = Directory.CreateTempSubdirectory("escala-network-").FullName;
        var store = Path.Combine(folder, "store");
        var certificate = Path.Combine(folder, CertificateCommand.Server);
        Process? server = null;
        try
        {
            EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
            Assert.Contains("https://127.0.0.1:8443/field/", EscalaProcess.Does("certificate", "--name", "127.0.0.1", "clinic.local", "--folder", folder), StringComparison.Ordinal);
            server = EscalaProcess.Start(["serve", "--address", "0.0.0.0", "--certificate", certificate, "--port", "0", "--store", store]);
            var told = new List<Uri>();
            while (told.Count < 3) told.Add(new Uri(Assert.IsType<string>(await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))));
            using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator });
            Assert.Equal(("http", "127.0.0.1"), (told[0].Scheme, told[0].Host));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(told[0], TestContext.Current.CancellationToken)).StatusCode);
            var (port, reached) = (told[1].Port, told[1..].Select(a => a.ToString()));
            Assert.Equal([$"https://clinic.local:{port}/field/", $"https://127.0.0.1:{port}/field/"], reached);
            var field = await client.GetAsync(told[2], TestContext.Current.CancellationToken);
            Assert.True(field.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, "the app, or that it was not built: " + field.StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(told[2], "/sign-in"), TestContext.Current.CancellationToken)).StatusCode);
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
            // Without --port it is the one that the certificate's text names, and no other: held by us, or by whoever has it already, it is refused.
            using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                held.Bind(new IPEndPoint(IPAddress.Any, LanAddress.UsualPort));
                held.Listen();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody has it: as good.
            }

            Assert.Contains("8443", EscalaProcess.Refusal(EscalaProcess.Run(["serve", "--address", "0.0.0.0", "--certificate", certificate, "--store", store])), StringComparison.Ordinal);
        }
        finally
        {
            if (server is { HasExited: false }) server.Kill();
            server?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
