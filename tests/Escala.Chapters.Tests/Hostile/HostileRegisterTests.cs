using System.Text;
using Escala.Capture.Imports;
using Escala.Chapters.Tests.Stores;
using Escala.Programmes.Facts;

namespace Escala.Chapters.Tests.Hostile;

/// <summary>Registers as no register should be: each row that can be read is taken, each other waits in the inbox as it came, and what no row can be told from is refused with its remedy.</summary>
public sealed class HostileRegisterTests
{
    private static readonly string s_places = Stores.Register.Places(["F1", "F2"]);
    private static readonly byte[] s_head = Encoding.UTF8.GetBytes(Stores.Register.Header + "\n");

    public static TheoryData<string, byte[]> BadRows => new()
    {
        { "nul", "b,F1,2025-03-05,\0,1970-01-01"u8.ToArray() },
        { "encoding", Encoding.Latin1.GetBytes("b\u00e9,F1,2025-03-05,F") },
        { "encoding", [.. "b,F1,2025-03-05,F"u8, 0xC3, 0x28] },
        { "encoding", [.. "b,F1,2025-03-05,"u8, 0xED, 0xA0, 0x80] },
        { "quotes", "\"b,F1,2025-03-05,F"u8.ToArray() },
        { "quotes", "\"b\"x,F1,2025-03-05,F"u8.ToArray() },
        { "nul", Encoding.Unicode.GetBytes("b,F1,2025-03-05,F") },
        { "too-long", Encoding.UTF8.GetBytes("b,F1,2025-03-05," + new string('x', CsvRecords.LongestRecord + 1)) },
        { "too-long", Encoding.UTF8.GetBytes("b,F1,2025-03-05" + new string(',', 2_000_000)) },
    };

    [Theory, MemberData(nameof(BadRows))]
    public void A_row_that_cannot_be_read_waits_and_those_around_it_are_taken(string fault, byte[] row)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var report = Import(store, [.. s_head, .. Line("a"), .. row, (byte)'\n', .. Line("c")]);
        Assert.Equal((2, 1), (report.Taken, report.Refused));
        var waiting = store.Inbox().Single();
        Assert.Equal("capture.row." + fault, waiting.Problems.Single().Code);
        Assert.Equal(3, waiting.Line);
        // Of a line that does not end its beginning is kept: the rest stands in the file that the user has.
        Assert.True(row.AsSpan().StartsWith(waiting.Content) && (fault == "too-long" || waiting.Content.Length == row.Length));
        store.AssertSound();
    }

    public static TheoryData<string, byte[]> BadFiles => new()
    {
        { "capture.file.not-text", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Stores.Register.Header + "\n")] },
        { "capture.file.not-text", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Stores.Register.Header + "\n")] },
        { "capture.file.not-text", Encoding.Unicode.GetBytes(Stores.Register.Header + "\n") },
        { "capture.file.encoding", Encoding.Latin1.GetBytes(Stores.Register.Header + ",observa\u00e7\u00e3o\n") },
        { "capture.file.header-too-long", Encoding.UTF8.GetBytes(Stores.Register.Header + "," + new string('x', 100_000) + "\n") },
        { "capture.file.header-too-long", Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 1_000_000))) },
        { "capture.file.too-wide", Encoding.UTF8.GetBytes(Stores.Register.Header + "," + string.Join(',', Enumerable.Range(0, 3000)) + "\n") },
        { "capture.file.header", Encoding.UTF8.GetBytes("\"" + Stores.Register.Header + "\n") },
        { "capture.file.empty", [] },
        { "capture.file.empty", "\n\n\n"u8.ToArray() },
    };

    [Theory, MemberData(nameof(BadFiles))]
    public void A_file_of_which_no_row_can_be_read_is_refused_and_named(string code, byte[] file)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var head = store.Writer.Head;
        var problem = TryImport(store, file).Problems.Single();
        Assert.Equal((code, "register.csv"), (problem.Code, problem.Details["file"]));
        Assert.Equal(head, store.Writer.Head);
    }

    /// <summary>Were the closing quote looked for on each line anew, this file would be read once a line: hours instead of a moment.</summary>
    [Fact]
    public void Quotes_that_open_on_every_line_and_never_close_are_read_once()
    {
        const int Lines = 200_000;
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("x\",\"y,F1\n", Lines)));
        using var records = new CsvRecords(new MemoryStream(file), (byte)',');
        var faults = 0;
        while (records.Read()) faults += records.Fault == "quotes" ? 1 : 0;
        Assert.Equal((Lines, file.Length), (faults, (int)records.Offset));
    }

    [Fact]
    public void More_values_than_columns_are_told_however_many_they_are()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var report = Import(store, [.. s_head, .. Line("a"), .. "b,F1,2025-03-05"u8, .. Enumerable.Repeat((byte)',', 900_000), (byte)'x', (byte)'\n']);
        Assert.Equal((1, 1), (report.Taken, report.Refused));
        Assert.Equal("programmes.register.too-many-fields", store.Inbox().Single().Problems.Single().Code);
    }

    [Theory]
    [InlineData("00123", null)]
    [InlineData("1e5", null)]
    [InlineData("-5", null)]
    [InlineData("٣", null)]
    [InlineData("1.23457E+15", "capture.row.number-cut")]
    [InlineData("\"1,2E+15\"", "capture.row.number-cut")]
    [InlineData("long", "capture.row.number-too-long")]
    public void A_number_is_taken_as_it_is_written_unless_a_spreadsheet_shortened_it(string number, string? refused)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var person = number == "long" ? new string('7', UnfitNumbers.Longest + 1) : number;
        var report = Import(store, [.. s_head, .. Line("a"), .. Line(person)]);
        Assert.Equal(refused is null ? (2, 0) : (1, 1), (report.Taken, report.Refused));
        if (refused is not null) Assert.Equal(refused, store.Inbox().Single().Problems.Single().Code);
        Assert.Equal((refused is null ? 2 : 1), Import(store, [.. s_head, .. Line("a"), .. Line(person)]).Duplicate);
        store.AssertSound();
    }

    [Theory]
    [InlineData("1900-01-01", true)]
    [InlineData("2025-02-29", false)]
    [InlineData("1899-12-31", false)]
    [InlineData("9999-12-31", false)]
    [InlineData("0000-00-00", false)]
    [InlineData("45000", false)]
    [InlineData("-1", false)]
    [InlineData("2100-12-31", true)]
    public void A_date_outside_the_years_of_anybody_is_refused_and_one_that_is_only_odd_is_queried(string day, bool taken)
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        var report = Import(store, [.. s_head, .. Line("a"), .. Encoding.UTF8.GetBytes($"b,F1,{day}\n")]);
        Assert.Equal(taken ? (2, 0, 1) : (1, 1, 0), (report.Taken, report.Refused, report.Queried));
        if (!taken) Assert.Equal("programmes.register.not-a-date", store.Inbox().Single().Problems.Single().Code);
        store.AssertSound();
    }

    [Fact]
    public void A_bar_in_the_name_of_a_column_is_that_column_in_the_ledger_too()
    {
        using var store = new RunningStore(Engine.Sqlite, s_places);
        byte[] file = [.. Encoding.UTF8.GetBytes(Stores.Register.Header + ",a|b,50%7C,%25\n"), .. Encoding.UTF8.GetBytes("a,F1,2025-03-05" + new string(',', 15) + "x,y,z\n")];
        Assert.Equal(1, Import(store, file).Taken);
        Assert.Equal(1, Import(store, file).Duplicate);
        store.AssertSound();
    }

    private static byte[] Line(string person) => Encoding.UTF8.GetBytes($"{person},F1,2025-03-05,F,1970-01-01,150,95\n");

    private static ImportReport Import(RunningStore store, byte[] file)
    {
        var result = TryImport(store, file);
        Assert.True(result.IsOk, string.Join("; ", result.Problems));
        return result.Value.Single();
    }

    private static Platform.Problems.Result<IReadOnlyList<ImportReport>> TryImport(RunningStore store, byte[] file)
    {
        var path = store.FileNamed("register.csv");
        File.WriteAllBytes(path, file);
        return store.TryImportFile(path);
    }
}
