using System.Globalization;
using Escala.Capture.Imports;
using Escala.Cascades.Derivations;
using Escala.Cli.Stores;
using Escala.Platform.Texts;
using Escala.Programmes.Places;

namespace Escala.Chapters.Tests.Stores;

/// <summary>What people type, what they read, and with which code a command ends.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escala-commands-").FullName;

    public static TheoryData<int> Numbers => [0, 1, 2];

    [Fact, Trait("Speed", "Slow")]
    public void An_import_ends_with_0_1_or_2_and_everything_speaks_the_language_asked_for()
    {
        var store = Path.Combine(_folder, "store");
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
        var file = Path.Combine(_folder, "march.csv");
        File.WriteAllText(file, Register.Csv([new Visit("secret-a", "F101", "2025-03-05") { Pressure = "150/95" }]));
        Assert.Equal(0, EscalaProcess.Run(["import", file, "--store", store]).Code);
        File.WriteAllText(file, Register.Csv([new Visit("secret-a", "F101", "2025-03-05") { Pressure = "150/95" }, new Visit("secret-b", "F101", "2025-03-06") { Diagnosed = "?" }, new Visit("c", "F999", "2025-03-06")]));
        var some = EscalaProcess.Run(["import", file, "--store", store, "--lang", "pt"]);
        Assert.Equal(1, some.Code);
        Assert.Contains("1  repetida", some.Output, StringComparison.Ordinal);
        Assert.Contains("esperam ainda 2 linhas", some.Output, StringComparison.Ordinal);
        File.WriteAllText(file, Register.Csv([new Visit("secret-a", "F101", "2025-03-05") { Pressure = "120/80" }]));
        var stopped = EscalaProcess.Run(["import", file, "--store", store, "--lang", "es"]);
        Assert.Equal(2, stopped.Code);
        // What is not a terminal names row and column, and never what a patient's row says.
        Assert.Contains("march.csv, línea 2, F101, 2025-03-05", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("sbp_1", stopped.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("150", stopped.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", stopped.Error + stopped.Output, StringComparison.Ordinal);
        Assert.Equal(2, EscalaProcess.Run(["import", file, "--store", store, "--lang", "fr"]).Code);
        Assert.Contains("complete from the beginning to 2025-03-31", EscalaProcess.Does("declare", "--all", "--complete-up-to", "2025-03-31", "--store", store), StringComparison.Ordinal);
        EscalaProcess.Does("declare", "--facility", "F101", "--month", "2025-03", "--rows-expected", "412", "--store", store);
        Assert.Contains("1 of 412 rows", EscalaProcess.Does("cascade", "--facility", "F101", "--month", "2025-03", "--target", "0,9", "--store", store), StringComparison.Ordinal);
        var places = Path.Combine(_folder, "places.csv");
        File.WriteAllText(places, Register.Places(["F102", "F999"]));
        Assert.Equal(2, EscalaProcess.Run(["places", "apply", places, "--store", store]).Code);
        Assert.Contains("1 waiting row taken", EscalaProcess.Does("places", "apply", places, "--yes", "--store", store), StringComparison.Ordinal);
        EscalaProcess.Does("verify", "--store", store);
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_backup_is_tried_and_a_damaged_one_is_named()
    {
        var store = Path.Combine(_folder, "store");
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
        var file = Path.Combine(_folder, "march.csv");
        File.WriteAllText(file, Register.Csv([new Visit("a", "F101", "2025-03-05") { Pressure = "150/95" }]));
        EscalaProcess.Does("import", file, "--store", store);
        var backup = Path.Combine(_folder, "b.backup");
        EscalaProcess.Does("backup", backup, "--store", store);
        Assert.Contains("can be restored", EscalaProcess.Does("backup", "verify", backup), StringComparison.Ordinal);
        var bytes = File.ReadAllBytes(backup);
        File.WriteAllBytes(backup, bytes[..(bytes.Length / 2)]);
        EscalaProcess.Refusal(EscalaProcess.Run(["backup", "verify", backup]));
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_demo_empties_no_folder_but_its_own()
    {
        var mine = Path.Combine(_folder, "thesis.txt");
        File.WriteAllText(mine, "years of work");
        Assert.Contains("--folder", EscalaProcess.Refusal(EscalaProcess.Run(["demo", "--folder", _folder])), StringComparison.Ordinal);
        Assert.Equal("years of work", File.ReadAllText(mine));
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", Path.Combine(_folder, "store"));
        EscalaProcess.Refusal(EscalaProcess.Run(["demo", "--folder", Path.Combine(_folder, "store")]));
        EscalaProcess.Does("verify", "--store", Path.Combine(_folder, "store"));
    }

    [Fact]
    public void Old_is_shown_beside_new_to_whoever_sits_at_a_terminal()
    {
        var shown = new StringWriter(CultureInfo.InvariantCulture);
        ImportText.Show(shown, [new ChangedRow("march.csv", 2, "F1", new DateOnly(2025, 3, 5), [("sbp_1", "150", "120"), ("dbp_1", "", "80")])], 3, values: true);
        Assert.Contains("sbp_1: 150 → 120", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("dbp_1: – → 80", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Places_that_would_hide_rows_are_named()
    {
        using var store = new RunningStore(Engine.Sqlite, Register.Places(["F1", "F2", "F3", "F4"]));
        store.Import(Register.Csv(new[] { "F1", "F2", "F3" }.Select(f => new Visit("a", f, "2025-03-05"))));
        var places = PlacesFile.Read("p", System.Text.Encoding.UTF8.GetBytes(Register.Places(["F1", "F3"]).Replace("F3,F3,facility,D1,,,,", "F3,F3,facility,D1,,,,2025-03-04", StringComparison.Ordinal)), store.Programme.Levels).Value;
        Assert.Equal(
            [new PlaceLost("F2", null, new DateOnly(2025, 3, 5)), new PlaceLost("F3", new DateOnly(2025, 3, 4), new DateOnly(2025, 3, 5))],
            ApplyPlaces.Lost(store.Store, places, store.Clock).Value);
    }

    [Fact]
    public void Every_text_of_a_command_exists_in_three_languages() => Assert.All(Terminal.Texts.Texts, t => Cascades.TextAssert.Whole(t.Key, t.Value));

    [Theory, MemberData(nameof(Numbers))]
    public void Numbers_and_words_agree(int n)
    {
        foreach (var (language, one, many) in new[] { (Language.Pt, "linha da caixa de problemas ficou resolvida", "linhas da caixa de problemas ficaram resolvidas"), (Language.Es, "fila de la bandeja", "filas de la bandeja"), (Language.En, "row of", "rows of") })
        {
            Assert.StartsWith(n == 1 ? one : many, Terminal.Texts.Say(language, "import.settled", ("n", n)), StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
