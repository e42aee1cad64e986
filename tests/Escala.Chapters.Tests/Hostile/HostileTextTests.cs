using System.Text;
using System.Text.RegularExpressions;
using Escala.Capture.Imports;
using Escala.Capture.Inbox;
using Escala.Cascades.Derivations;
using Escala.Chapters.Tests.Stores;
using Escala.Chapters.Tests.Web;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Packages;
using Escala.Programmes.Places;
using Escala.Web;

namespace Escala.Chapters.Tests.Hostile;

/// <summary>Script and formulas in every text: a page shows them, a spreadsheet shows them, neither carries them out.</summary>
public sealed class HostileTextTests
{
    private const string Script = """x" onmouseover=alert(1) '><img src=x onerror=alert(1)><script>alert(1)</script>""";

    private static readonly string[] s_formulas = ["=1+1", "+1+cmd|'/c calc'!A1", "-1+1", "@SUM(A1)", "\"\t=1\"", "\"\r=1\"", "\"=HYPERLINK(\"\"http://x\"\")\"", "＝1+1", "'=1"];

    [Fact]
    public async Task Script_in_every_text_of_a_package_is_shown_and_not_run()
    {
        var programme = WithScript();
        var source = TwoYears.Source with { Programme = programme, Places = new PlaceHistory(programme.Places) };
        await using var site = EscalaSite.Build(() => source, port: 0);
        await site.StartAsync(TestContext.Current.CancellationToken);
        using var first = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var entry = await first.GetAsync(site.Address, TestContext.Current.CancellationToken);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(site.Address.GetLeftPart(UriPartial.Authority)) };
        client.DefaultRequestHeaders.Add("Cookie", entry.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
        foreach (var page in PageTests.Pages.Select(p => p.Data))
        {
            var html = await client.GetStringAsync(page, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("<img src=x", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<script>alert", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("x\" onmouseover", html, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("onerror=alert(1)", System.Net.WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        }
    }

    /// <summary>The file of problems and the inbox's export are opened in a spreadsheet: no cell of theirs begins as a formula, and mended they come back as they were.</summary>
    [Fact]
    public void Formulas_in_every_field_are_exported_as_text_and_come_back()
    {
        using var store = new RunningStore(Engine.Sqlite, Stores.Register.Places(["F1"]));
        var rows = s_formulas.Select(f => string.Join(',', Enumerable.Repeat(f, 17))).Append("=unclosed,\"F1,2025-03-05");
        var path = store.FileNamed("register.csv");
        File.WriteAllText(path, Stores.Register.Header + ",=cmd()\n" + string.Join('\n', rows) + "\n");
        var report = store.TryImportFile(path).Value.Single();
        Assert.Equal(s_formulas.Length + 1, report.Refused);
        Assert.All(Cells(report.ProblemFile!), Harmless);
        var export = store.FileNamed("inbox.csv");
        using (var session = store.Store.Open(writable: false)) ExportInbox.Run(session, export, p => p.Code);
        Assert.All(Cells(export), Harmless);
        // Sent back untouched, no row is another than it was.
        var before = store.Inbox().Take(s_formulas.Length).Select(r => Values(r.Content)).ToList();
        var text = File.ReadAllText(export);
        File.WriteAllText(export, text[..(text.LastIndexOf('\n', text.IndexOf("unclosed", StringComparison.Ordinal)) + 1)]);
        var mended = MendInbox.Run(store.Store, store.Writer, store.Programme, export, new ImportOptions { OnChange = (_, _) => OnChange.Stop }, store.Clock, StandingTallies.Of);
        Assert.True(mended.IsOk, string.Join("; ", mended.Problems));
        Assert.Equal(before, store.Inbox().Take(s_formulas.Length).Select(r => Values(r.Content)));
    }

    private static void Harmless(string cell) => Assert.False(cell is ['=' or '@' or '\t' or '\r' or '\n' or '＝', ..] || (cell is ['+' or '-', ..] && !double.TryParse(cell, out _)), cell);

    private static List<string> Cells(string file)
    {
        using var records = new CsvRecords(File.OpenRead(file), (byte)',');
        var cells = new List<string>();
        while (records.Read())
        {
            Assert.Null(records.Fault);
            for (var i = 0; i < records.Fields.Count; i++) cells.Add(Encoding.UTF8.GetString(records.Fields[i]));
        }

        return cells;
    }

    private static string Values(byte[] row)
    {
        var fields = new CsvRecord((byte)',');
        Assert.True(fields.Fill(row));
        return string.Join('\u001f', Enumerable.Range(0, fields.Count).Select(i => Encoding.UTF8.GetString(fields[i]))).TrimEnd('\u001f');
    }

    /// <summary>The first programme with script behind each of its texts and in the name of every place.</summary>
    private static Programme WithScript()
    {
        var files = PackageFiles.In(Repository.PathTo("programmes", "saia-htn")).Value.Bytes.ToDictionary(f => f.Key, f => f.Value);
        foreach (var file in new[] { "programme.yaml", "register.yaml", "measures.yaml" })
        {
            var text = Encoding.UTF8.GetString(files[file]);
            files[file] = Encoding.UTF8.GetBytes(string.Join('\n', text.Split('\n').Select(line => line.Contains('{', StringComparison.Ordinal)
                ? Regex.Replace(line, @"(?<=\b(?:en|pt|es): )(?<said>[\p{L}\p{N}][\p{L}\p{N} \-]*)(?=[,}])", m => "'" + (m.Groups["said"].Value + Script).Replace("'", "''", StringComparison.Ordinal) + "'", RegexOptions.ExplicitCapture)
                : line)));
        }

        var places = PlacesFile.Read("places.csv", files[PackageFiles.Places], null).Value.Select(p => p with { Name = p.Name + Script });
        files[PackageFiles.Places] = Encoding.UTF8.GetBytes(PlacesFile.Write(places));
        var read = PackageReader.Read(files);
        Assert.True(read.IsOk, string.Join("; ", read.Problems.Take(3)));
        return read.Value;
    }
}
