using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Proposals;

/// <summary>What the package calls its facts: their names, the register's own columns, and their labels in three languages.</summary>
internal sealed class FactNames(Programme programme)
{
    // What everybody calls the two facts of which a programme says which they are.
    private static readonly string[] s_sex = ["sex", "sexo", "gender", "género"], s_birth = ["birth date", "date of birth", "dob", "data de nascimento", "fecha de nacimiento", "nascimento", "nacimiento", "nasc", "nac"];

    public IReadOnlyList<string> Of(FactDefinition fact) =>
    [
        fact.Name, .. Labels(fact.Name), .. fact.Type == FactType.Pair ? [] : fact.Columns,
        .. fact.Name == programme.Population.Sex?.Name ? s_sex : fact.Name == programme.Population.BirthDate?.Name ? s_birth : [],
    ];

    /// <summary>Names of the first or the second part of a pair.</summary>
    public IReadOnlyList<string> OfPart(FactDefinition fact, int part) => [fact.Parts[part], .. Labels(fact.Parts[part]), .. fact.Columns.Where((_, i) => i % 2 == part)];

    private IEnumerable<string> Labels(string name) => programme.Field?.Labels.GetValueOrDefault(name) is { } label ? [label.Pt, label.Es, label.En] : [];
}

/// <summary>A column that a fact may be read from.</summary>
/// <param name="Part">Of a pair, 0 or 1.</param>
/// <param name="Likeness">Of the names, 0 … 1.</param>
/// <param name="Fit">Share of the filled fields that can be read as the fact's type.</param>
/// <param name="Name">What the package calls it.</param>
internal sealed record FactColumn(FactDefinition Fact, int Part, SourceColumn Column, double Likeness, double Fit, string Name);

/// <summary>Which columns of a head are which facts, as far as names and values tell.</summary>
internal sealed class FactColumns
{
    private const double Same = 0.95, Sure = 0.85, Perhaps = 0.6, Fits = 0.9, MostlyFits = 0.5;
    private const int MostWordsOfAFlag = 8;

    private readonly List<FactColumn> _all = [];

    public FactColumns(Programme programme, IEnumerable<SourceColumn> columns)
    {
        var names = new FactNames(programme);
        foreach (var column in columns)
        {
            foreach (var fact in programme.Register.Facts)
            {
                var fit = Fit(fact, column);
                if (fit < MostlyFits) continue;
                if (fact.Type != FactType.Pair) Add(fact, 0, column, fit, names.Of(fact));
                else for (var part = 0; part < 2; part++) Add(fact, part, column, fit, names.OfPart(fact, part));
            }
        }

        // A column is what its name says best; of facts that it names equally well it may be each.
        var best = _all.GroupBy(c => c.Column).ToDictionary(g => g.Key, g => g.Max(c => c.Likeness));
        _all.RemoveAll(c => c.Likeness < best[c.Column] - 0.05);
    }

    /// <summary>Columns that a name gives to a fact beyond doubt, and whose values do not speak against it.</summary>
    public IReadOnlyList<FactColumn> SureOf(FactDefinition fact, int part = 0)
    {
        var sure = Of(fact, part).Where(c => c.Likeness >= Sure && c.Fit >= Fits).ToList();
        return fact.Type == FactType.Pair || sure.Count == 0 ? sure : [.. sure.Where(c => c.Likeness >= sure[0].Likeness - 0.02)];
    }

    public IReadOnlyList<FactColumn> PerhapsOf(FactDefinition fact, int part = 0) => [.. Of(fact, part).Where(c => c.Likeness >= Perhaps)];

    private IEnumerable<FactColumn> Of(FactDefinition fact, int part) => _all.Where(c => c.Fact == fact && c.Part == part).OrderByDescending(c => c.Likeness);

    private void Add(FactDefinition fact, int part, SourceColumn column, double fit, IReadOnlyList<string> names)
    {
        var (likeness, name) = ColumnWords.Best(column.Name, names);
        // What is only kept need not be guessed at.
        if (likeness >= (fact.Type == FactType.Text ? Same : Perhaps)) _all.Add(new FactColumn(fact, part, column, likeness, fit, name));
    }

    private static double Fit(FactDefinition fact, SourceColumn column) => fact.Type switch
    {
        FactType.Flag => column.Filled.Count == 0 || column.Words.Count is > 0 and <= MostWordsOfAFlag ? 1 : 0,
        FactType.Category => column.Filled.Count == 0 || column.Words.Count > 0 ? 1 : 0,
        _ => column.Fit(FieldForms.Of(fact.Type)),
    };
}
