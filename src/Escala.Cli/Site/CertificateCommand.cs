using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Escala.Cli.Stores;
using Escala.Platform.Texts;
using Escala.Web;

namespace Escala.Cli.Site;

/// <summary>
/// <c>escala certificate</c>: a local authority for a clinic's network and a certificate for this server. Tablets trust the authority once; its key
/// never leaves the folder, and a new server certificate needs no new trust.
/// </summary>
internal static class CertificateCommand
{
    public const string Authority = "escala-authority.crt", AuthorityKey = "escala-authority.pfx", Server = "escala-server.pfx";

    private const int AuthorityYears = 10, ServerDays = 397;

    private static readonly TextCatalogue s_texts = TextCatalogue.From(typeof(CertificateCommand).Assembly, ".certificate.texts.json");

    public static Command Create()
    {
        var names = new Option<string[]>("--name") { Description = "Host names and IP addresses by which devices reach this server.", HelpName = "NAME", Required = true, AllowMultipleArgumentsPerToken = true };
        var folder = new Option<string>("--folder") { Description = "Where authority and certificate lie.", DefaultValueFactory = _ => "escala-certificates" };
        var command = new Command("certificate", "Make a local authority and a certificate, so that tablets in the clinic's network reach this server by https.") { names, folder };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            Make(parsed.GetValue(folder)!, parsed.GetValue(names)!, TimeProvider.System);
            var into = parsed.GetValue(folder)!;
            Console.WriteLine(s_texts.Say(Terminal.Language, "certificate.made", ("authority", Path.Combine(into, Authority)), ("server", Path.Combine(into, Server)), ("name", parsed.GetValue(names)![0]), ("port", LanAddress.UsualPort.ToString(CultureInfo.InvariantCulture))));
            return 0;
        }));
        return command;
    }

    internal static void Make(string folder, IReadOnlyList<string> names, TimeProvider clock)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var authority = AuthorityIn(folder, clock);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + names[0], key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = clock.GetUtcNow();
        // Browsers refuse server certificates that are valid for longer than 398 days.
        using var signed = request.Create(authority, now.AddDays(-1), now.AddDays(ServerDays), RandomNumberGenerator.GetBytes(16));
        using var whole = signed.CopyWithPrivateKey(key);
        Write(Path.Combine(folder, Server), new X509Certificate2Collection { whole, X509CertificateLoader.LoadCertificate(authority.RawData) }.Export(X509ContentType.Pkcs12)!);
    }

    /// <summary>The authority that lies there already, else a new one.</summary>
    private static X509Certificate2 AuthorityIn(string folder, TimeProvider clock)
    {
        var kept = Path.Combine(folder, AuthorityKey);
        if (File.Exists(kept)) return X509CertificateLoader.LoadPkcs12FromFile(kept, null, X509KeyStorageFlags.Exportable);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = clock.GetUtcNow();
        var request = new CertificateRequest(string.Create(CultureInfo.InvariantCulture, $"CN=Escala {now:yyyy-MM-dd}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(AuthorityYears));
        Write(kept, authority.Export(X509ContentType.Pkcs12));
        File.WriteAllText(Path.Combine(folder, Authority), authority.ExportCertificatePem() + "\n");
        return authority;
    }

    private static void Write(string path, byte[] bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(bytes);
    }
}
