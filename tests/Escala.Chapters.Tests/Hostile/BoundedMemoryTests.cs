using System.Text;
using Escala.Chapters.Tests.Forms;
using Escala.Chapters.Tests.Stores;

namespace Escala.Chapters.Tests.Hostile;

/// <summary>The command line with a heap that cannot grow beyond what a small office machine has to spare: a hostile file ends with its problem and not with the memory.</summary>
[Trait("Speed", "Slow")]
public sealed class BoundedMemoryTests : IDisposable
{
    /// <summary>300 MB.</summary>
    private static readonly (string, string) s_heap = ("DOTNET_GCHeapHardLimit", "0x12C00000");

    private readonly string _folder = Directory.CreateTempSubdirectory("escala-bounded-").FullName;
    private readonly string _store;

    public BoundedMemoryTests()
    {
        _store = Path.Combine(_folder, "store");
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", _store);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_line_of_a_hundred_megabytes_is_one_row_refused()
    {
        var file = Path.Combine(_folder, "long.csv");
        using (var stream = File.Create(file))
        {
            stream.Write(Encoding.UTF8.GetBytes(Stores.Register.Header + "\n" + Line("a") + "b,F101,2025-03-05,"));
            var block = Encoding.UTF8.GetBytes(new string('x', 1 << 20));
            for (var i = 0; i < 100; i++) stream.Write(block);
            stream.Write(Encoding.UTF8.GetBytes("\n" + Line("c")));
        }

        var run = EscalaProcess.Run(["import", file, "--store", _store], s_heap);
        Assert.True(run.Code == 1, run.Error + run.Output);
        Assert.Contains("2  taken", run.Output, StringComparison.Ordinal);
        Assert.Contains("1  refused", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_million_columns_are_refused_and_so_is_a_first_line_without_end()
    {
        var file = Path.Combine(_folder, "wide.csv");
        File.WriteAllText(file, string.Join(',', Enumerable.Range(0, 1_000_000)) + "\n" + new string(',', 1_000_000) + "\n");
        Assert.Contains("line 1", EscalaProcess.Refusal(EscalaProcess.Run(["import", file, "--store", _store], s_heap)), StringComparison.Ordinal);
        using (var stream = File.Create(file))
        {
            var block = new byte[1 << 20];
            Array.Fill(block, (byte)'x');
            block[0] = (byte)',';
            for (var i = 0; i < 100; i++) stream.Write(block);
        }

        Assert.Contains("line 1", EscalaProcess.Refusal(EscalaProcess.Run(["import", file, "--store", _store], s_heap)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_workbook_that_unpacks_to_gigabytes_is_refused_and_one_of_a_million_texts_is_read()
    {
        var zeros = new byte[1 << 20];
        Array.Fill(zeros, (byte)' ');
        using (var bomb = new Workbook("bomb.xlsx").Write([("a", "")], [.. Enumerable.Range(0, 3).Select(part => ($"xl/worksheets/b{part}.bin", (Action<Stream>)(stream =>
        {
            for (var i = 0; i < 500; i++) stream.Write(zeros);
        })))]))
        {
            Assert.True(new FileInfo(bomb.File).Length < 5_000_000);
            Assert.Contains("MB", EscalaProcess.Refusal(EscalaProcess.Run(["import", bomb.File, "--store", _store], s_heap)), StringComparison.Ordinal);
        }

        const string Main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
        using var many = new Workbook("texts.xlsx").Write(
            [("a", string.Concat(Stores.Register.Header.Split(',').Select((name, c) => Workbook.Cell(1, c, name))) is var header ? $"<row r=\"1\">{header}</row><row r=\"2\">{Workbook.Cell(2, 0, "a")}{Workbook.Cell(2, 1, "F101")}{Workbook.Cell(2, 2, "2025-03-05")}</row>" : "")],
            [("xl/sharedStrings.xml", stream =>
            {
                using var text = new StreamWriter(stream);
                text.Write($"<sst {Main}>");
                for (var i = 0; i < 1_000_000; i++) text.Write($"<si><t>text {i}</t></si>");
                text.Write("</sst>");
            })]);
        var run = EscalaProcess.Run(["import", many.File, "--store", _store], s_heap);
        Assert.True(run.Code == 0, run.Error + run.Output);
    }

    private static string Line(string person) => $"{person},F101,2025-03-05,F,1970-01-01,150,95\n";
}
