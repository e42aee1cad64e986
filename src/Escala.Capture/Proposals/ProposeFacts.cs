using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Proposals;

/// <summary>The facts of a draft: those that a column gives beyond doubt, and those about which somebody must be asked.</summary>
internal sealed class ProposeFacts(Programme programme, SourceHead head, Interview interview, MappingDraft draft)
{
    private const int MostColumnsAsked = 6;

    private List<string>? _days;
    private string _on = "", _repeat = "";

    /// <summary>Columns that the draft's facts read.</summary>
    public List<SourceColumn> Read { get; } = [];

    /// <summary>Facts that nothing is proposed for.</summary>
    public List<string> Without { get; } = [];

    /// <summary>Some fact holds on a day of its own.</summary>
    public bool HasDays { get; private set; }

    /// <param name="columns">Those that say something else are not among them.</param>
    /// <param name="repeats">Tables whose rows belong to the rows: readings and yeses are looked for there too.</param>
    /// <param name="ofStates">Rows have no day; which fact holds when, somebody must say.</param>
    public void Write(IReadOnlyList<SourceColumn> columns, bool ofStates, IReadOnlyList<RepeatTable> repeats)
    {
        var found = new FactColumns(programme, columns);
        var born = programme.Population.BirthDate is { } birth ? found.SureOf(birth).Select(c => c.Column).ToList() : [];
        _days = ofStates ? [.. columns.Except(born).Where(c => c.Filled.Count > 0 && c.Fit(FieldForms.IsDate) == 1).Select(c => c.Name)] : null;
        var inRepeats = repeats.Select(r => (r.Repeat.Name, r.Head, Found: new FactColumns(programme, r.Columns))).ToList();
        draft.Line("facts:");
        foreach (var fact in programme.Register.Facts)
        {
            var (read, open) = (Read.Count, interview.Open.Count);
            (_on, _repeat) = ("", "");
            if (!Has(found, fact) && fact.Type is FactType.Pair or FactType.Flag && inRepeats.FirstOrDefault(r => Has(r.Found, fact)) is { Name: not null } repeat)
            {
                _repeat = $"repeat: {repeat.Name}, ";
                if (fact.Type == FactType.Pair) WritePair(fact, repeat.Found, repeat.Head);
                else if (repeat.Found.SureOf(fact) is [var only]) WriteFact(fact, only.Column, Ground(only));
            }
            else if (fact.Type == FactType.Pair) WritePair(fact, found, head);
            else if (Choose(fact, found) is { } chosen) WriteFact(fact, chosen.Column, chosen.Ground);
            if (Read.Count == read && interview.Open.Count == open) Without.Add(fact.Name);
        }

        if (Read.Count == 0 && interview.Open.All(q => !q.Key.StartsWith("facts.", StringComparison.Ordinal))) draft.Line("  {}", interview.Say("ground.no-facts"));
    }

    private static bool Has(FactColumns columns, FactDefinition fact) => columns.SureOf(fact).Count > 0 || (fact.Type == FactType.Pair && columns.SureOf(fact, 1).Count > 0) || columns.PerhapsOf(fact).Count > 0;

    /// <summary>The one column of a fact; null when there is none, or when the draft carries the question.</summary>
    private (SourceColumn Column, string Ground)? Choose(FactDefinition fact, FactColumns found)
    {
        var sure = found.SureOf(fact);
        if (sure.Count == 1 || (fact.Type == FactType.Text && sure.Count > 0)) return (sure[0].Column, Ground(sure[0]));
        var perhaps = sure.Count > 1 ? sure : found.PerhapsOf(fact);
        if (perhaps.Count == 0 || fact.Type == FactType.Text) return null;
        var choices = perhaps.Select(c => c.Column.Name).Take(MostColumnsAsked).ToList();
        var question = new Question($"facts.{fact.Name}.column", interview.Say("ask.fact", ("fact", NameOf(fact))), [.. choices, Interview.None]);
        if (interview.Ask(question) is { } answer) return answer[0] == Interview.None ? null : (head[answer[0]]!, interview.Say("ground.answer"));
        draft.Line(fact.Type == FactType.Flag ? $"  {fact.Name}: {{columns: [{MappingDraft.Open(question)}], yes: [\"1\"]}}" : $"  {fact.Name}: {{column: {MappingDraft.Open(question)}}}");
        return null;
    }

    /// <summary>Of a state, the day on which it holds; false when nobody knows one, for then it is no dated fact.</summary>
    private bool AskDay(FactDefinition fact)
    {
        if (_days is null || fact.Type is FactType.Date or FactType.Text || fact == programme.Population.Sex) return true;
        if (_days.Count == 0) return false;
        var question = new Question($"facts.{fact.Name}.on", interview.Say("ask.on", ("fact", NameOf(fact))), [.. _days, Interview.None]);
        var said = interview.Ask(question)?[0];
        if (said == Interview.None) return false;
        HasDays = true;
        _on = ", on: " + (said is null ? MappingDraft.Open(question) : MappingDraft.Quoted(said));
        return true;
    }

    private void WriteFact(FactDefinition fact, SourceColumn column, string ground)
    {
        if (!AskDay(fact)) return;
        Read.Add(column);
        var name = MappingDraft.Quoted(column.Name);
        switch (fact.Type)
        {
            case FactType.Flag:
                WriteFlag(fact, column, ground);
                break;
            case FactType.Category when column.Words.Where(w => CategoryOf(fact, w) is null).ToList() is { Count: > 0 } unknown:
                WriteCategories(fact, column, unknown, ground);
                break;
            default:
                draft.Line($"  {fact.Name}: {{column: {name}{_on}}}", ground);
                break;
        }
    }

    /// <summary>A word that is neither clearly a yes nor clearly a no is asked about: a no clears nothing, so that a stopped treatment under it would stand for ever.</summary>
    private void WriteFlag(FactDefinition fact, SourceColumn column, string ground)
    {
        var (yes, no) = (column.Words.Where(FieldForms.IsYes).ToList(), column.Words.Where(FieldForms.IsNo).ToList());
        var stopped = column.Words.Except(yes).Except(no).Where(FieldForms.IsStopped).ToList();
        // A word that clears the fact is the register's own.
        var unclear = column.Words.Except(yes).Except(no).Except(stopped).Where(w => !string.Equals(w, fact.ClearedBy, StringComparison.OrdinalIgnoreCase)).ToList();
        var open = new List<string>();
        foreach (var word in unclear)
        {
            var question = new Question($"facts.{fact.Name}.{word}", interview.Say("ask.flag", ("word", word), ("column", column.Name), ("fact", NameOf(fact))), ["yes", "no", "stopped", Interview.None]);
            switch (interview.Ask(question)?[0])
            {
                case null: open.Add(MappingDraft.Open(question)); break;
                case "yes": yes.Add(word); break;
                case "no": no.Add(word); break;
                case "stopped": stopped.Add(word); break;
            }
        }

        if (yes.Count + open.Count == 0)
        {
            var question = new Question($"facts.{fact.Name}.yes", interview.Say("ask.yes", ("column", column.Name), ("fact", NameOf(fact))), [], Several: true);
            if (interview.Ask(question) is { } said) yes.AddRange(said);
            else open.Add(MappingDraft.Open(question));
        }

        string Words(string key, List<string> words) => words.Count > 0 ? $", {key}: {MappingDraft.List(words)}" : "";
        if (column.Words.Count > 0) ground += "; " + interview.Say("ground.words", ("words", string.Join(", ", column.Words)));
        if (stopped.Any(FieldForms.IsStopped)) ground += "; " + interview.Say("ground.stopped", ("words", string.Join(", ", stopped.Where(FieldForms.IsStopped))));
        draft.Line($"  {fact.Name}: {{{_repeat}columns: [{MappingDraft.Quoted(column.Name)}], yes: [{string.Join(", ", yes.Select(MappingDraft.Quoted).Concat(open))}]{Words("no", no)}{Words("stopped", stopped)}{_on}}}", ground);
    }

    private void WriteCategories(FactDefinition fact, SourceColumn column, List<string> unknown, string ground)
    {
        draft.Line($"  {fact.Name}:", ground);
        draft.Line($"    column: {MappingDraft.Quoted(column.Name)}");
        if (_on.Length > 0) draft.Line("    " + _on[2..]);
        draft.Line("    values:");
        var words = fact.Categories.ToDictionary(c => c.Name, c => c.Words.ToList(), StringComparer.Ordinal);
        var open = new List<string>();
        foreach (var word in unknown)
        {
            var question = new Question($"facts.{fact.Name}.{word}", interview.Say("ask.category", ("word", word), ("column", column.Name), ("fact", NameOf(fact))), [.. words.Keys, Interview.None]);
            if (interview.Ask(question) is not { } answer) open.Add(MappingDraft.Open(question));
            else if (answer[0] != Interview.None) words[answer[0]].Add(word);
        }

        foreach (var (i, category) in fact.Categories.Index())
        {
            var list = words[category.Name].Distinct(StringComparer.OrdinalIgnoreCase).Select(MappingDraft.Quoted);
            draft.Line($"      {category.Name}: [{string.Join(", ", i == 0 ? list.Concat(open) : list)}]");
        }
    }

    /// <summary>Readings in the order of the columns: a first and a second part that are otherwise called alike.</summary>
    private void WritePair(FactDefinition fact, FactColumns found, SourceHead table)
    {
        var names = new FactNames(programme);
        var parts = Enumerable.Range(0, 2).Select(part => found.SureOf(fact, part).OrderBy(c => table.Columns.Index().First(h => h.Item == c.Column).Index).ToList()).ToList();
        var pairs = parts[0].Select(first => (First: first, Second: parts[1].FirstOrDefault(second => Rest(first, 0) == Rest(second, 1)))).Where(p => p.Second is not null).ToList();
        if (pairs.Count > 0 && pairs.Count == parts[0].Count && pairs.Count == parts[1].Count)
        {
            if (!AskDay(fact)) return;
            Read.AddRange(pairs.SelectMany(p => new[] { p.First.Column, p.Second!.Column }));
            draft.Line($"  {fact.Name}: {{{_repeat}columns: [{string.Join(", ", pairs.Select(p => $"[{MappingDraft.Quoted(p.First.Column.Name)}, {MappingDraft.Quoted(p.Second!.Column.Name)}]"))}]{_on}}}", Ground(pairs[0].First));
            return;
        }

        var choices = parts.Select((sure, part) => sure.Count > 0 ? sure : found.PerhapsOf(fact, part)).ToList();
        if (choices.All(c => c.Count == 0)) return;
        var asked = choices.Select((columns, part) => new Question(
            $"facts.{fact.Name}.{fact.Parts[part]}", interview.Say("ask.fact", ("fact", NameOf(fact, part))), [.. columns.Select(c => c.Column.Name).Take(MostColumnsAsked), Interview.None])).ToList();
        var said = asked.Select(interview.Ask).ToList();
        if (said.Any(s => s is [Interview.None]) || !AskDay(fact)) return;
        Read.AddRange(said.OfType<IReadOnlyList<string>>().Select(s => table[s[0]]!));
        draft.Line($"  {fact.Name}: {{{_repeat}columns: [[{string.Join(", ", said.Select((s, part) => s is null ? MappingDraft.Open(asked[part]) : MappingDraft.Quoted(s[0])))}]]{_on}}}", said.All(s => s is not null) ? interview.Say("ground.answer") : null);
        string Rest(FactColumn column, int part) => ColumnWords.Without(column.Column.Name, names.OfPart(fact, part));
    }

    private string Ground(FactColumn column) => column.Column.Filled.Count == 0 ? interview.Say("ground.name", ("name", column.Name))
        : interview.Say("ground.fits", ("name", column.Name), ("n", column.Column.Filled.Count(v => column.Fact.Type is FactType.Flag or FactType.Category || FieldForms.Of(column.Fact.Type)(v))), ("of", column.Column.Filled.Count));

    private string NameOf(FactDefinition fact, int? part = null) => part is { } p
        ? programme.Field?.Labels.GetValueOrDefault(fact.Parts[p])?.In(interview.Language) ?? fact.Parts[p]
        : programme.Field?.Labels.GetValueOrDefault(fact.Name)?.In(interview.Language) ?? fact.Name;

    private static Category? CategoryOf(FactDefinition fact, string word) => fact.Categories.FirstOrDefault(c => c.Words.Contains(word, StringComparer.OrdinalIgnoreCase));
}
