using Escala.Capture.Registers;
using Escala.Platform.Problems;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Measures;
using Escala.Programmes.Places;

namespace Escala.Capture.Proposals;

/// <summary>A mapping made from a file's head.</summary>
/// <param name="Yaml">Its text; each line says on what it rests.</param>
/// <param name="Open">Questions that stand in the text: until they are answered nothing is imported through it.</param>
/// <param name="Unfilled">What the facts are called that the cascade's measures read and no column fills.</param>
/// <param name="Unread">Columns of the file that nothing reads.</param>
/// <param name="Sheet">Of a workbook, the sheet with the rows; null for the first.</param>
/// <param name="Header">The row of the column names, from 1.</param>
public sealed record ProposedMapping(string Name, string Yaml, IReadOnlyList<Question> Open, IReadOnlyList<string> Unfilled, IReadOnlyList<string> Unread, string? Sheet, int Header);

/// <summary>
/// Makes a mapping from a file's head, for somebody to look through. Names and values of the columns are held against the package; what they
/// do not tell is asked, and what nobody answers stands in the text as a question, with which the mapping is refused.
/// </summary>
public sealed class ProposeMapping
{
    private const double Sure = ColumnWords.Sure, MostRows = 0.9, MostPlaces = 0.5;
    private const int MostPlacesAsked = 20, MostTelling = 4;

    private static readonly string[] s_person = ["patient id", "person id", "patient", "doente", "paciente", "utente", "expediente", "processo"],
        s_facility = ["facility", "health facility", "unidade sanitária", "unidad de salud", "centro de salud", "centro de saúde", "clinic", "clínica"],
        s_date = ["visit date", "date of visit", "visit time", "data da consulta", "data da visita", "fecha de consulta", "fecha de visita", "data", "fecha", "date"],
        s_rowId = ["uuid", "row id", "record id", "instance id"];

    private static readonly Dictionary<string, string[]> s_fields = new(StringComparer.Ordinal)
    {
        ["given"] = ["given name", "first name", "nome", "nombre"],
        ["family"] = ["family name", "last name", "surname", "apelido", "apellidos"],
        ["phone"] = ["telephone", "phone number", "telefone", "teléfono", "celular"],
        ["village"] = ["village", "bairro", "aldeia", "comunidad", "barrio"],
    };

    private readonly Programme _programme;
    private readonly SourceHead _head;
    private readonly SourceKind? _kind;
    private readonly Interview _interview;
    private readonly MappingDraft _draft = new();
    private readonly List<SourceColumn> _read = [];
    private readonly List<string> _without = [], _unread = [];

    private ProposeMapping(Programme programme, SourceHead head, Interview interview) => (_programme, _head, _kind, _interview) = (programme, head, SourceKind.Of(head), interview);

    /// <param name="path">Of the file.</param>
    /// <param name="programme">Whose facts the columns may fill.</param>
    /// <param name="name">Of the mapping, and its file's.</param>
    /// <param name="delimiter">When the file does not show it.</param>
    /// <param name="language">Of the questions and the comments.</param>
    /// <param name="answer">What somebody says to a question, or null.</param>
    /// <param name="anyway">Also of a file that is read without a new mapping.</param>
    public static Result<ProposedMapping> Run(string path, Programme programme, string name, char? delimiter, Language language, Func<Question, string?> answer, bool anyway = false)
    {
        var looked = FileHead.Of(path, delimiter);
        if (!looked.TryGet(out var file)) return Result<ProposedMapping>.Refused(RegisterFile.InFile(looked.Problems, path));
        var source = Path.GetFileName(path);
        if (!anyway && programme.Mappings.FirstOrDefault(m => file.With(m.Recognised, m.Sheet, m.Header) is not null) is { } known) return Problem.Of("capture.proposal.known", ("file", source), ("mapping", known.Name));
        if (!anyway && file.With(FileHead.OwnColumns(programme)) is not null) return Problem.Of("capture.proposal.register", ("file", source));
        var interview = new Interview(language, answer);
        var table = new SourceTable(file, NamesOf(programme), interview);
        var place = table.Find();
        var read = SourceHead.Read(path, delimiter, place);
        if (!read.TryGet(out var head)) return Result<ProposedMapping>.Refused(read.Problems);
        if (head.Rows == 0) return Problem.Of("capture.proposal.no-rows", ("file", head.File));
        var proposal = new ProposeMapping(programme, head, interview);
        var text = proposal.Write(name, table, RepeatTables.Of(path, head, delimiter));
        var counted = FactsRead.By(programme).Select(f => f.Name).Intersect(proposal._without, StringComparer.Ordinal);
        return new ProposedMapping(name, text, interview.Open, [.. counted.Select(f => programme.Field?.Labels.GetValueOrDefault(f)?.In(language) ?? f)], proposal._unread, place.Sheet, place.Header);
    }

    /// <summary>All that a column of a register may be called.</summary>
    private static List<string> NamesOf(Programme programme)
    {
        var names = new FactNames(programme);
        var register = programme.Register;
        IEnumerable<string> facts = register.Facts.SelectMany(f => f.Type == FactType.Pair ? names.Of(f).Concat(names.OfPart(f, 0)).Concat(names.OfPart(f, 1)) : names.Of(f));
        IEnumerable<string> systems = (programme.Field?.Identifiers ?? []).SelectMany(i => new[] { i.System, i.Label.Pt, i.Label.Es, i.Label.En });
        return [.. facts.Concat(systems).Concat(s_person).Concat(s_facility).Concat(s_date).Concat([register.PersonColumn, register.FacilityColumn, register.DateColumn]).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private string Write(string name, SourceTable table, (IReadOnlyList<RepeatTable> Tables, IReadOnlyList<string> Others) further)
    {
        var stem = Path.GetFileNameWithoutExtension(_head.File);
        var title = _kind?.Title ?? new LocalText(stem, stem, stem);
        _draft.Line("# yaml-language-server: $schema=../../mapping.schema.json");
        _draft.Line("# " + _interview.Say("head.made", ("file", _head.File), ("rows", _head.Rows), ("columns", _head.Columns.Count)));
        _draft.Line("# " + (_kind is null ? _interview.Say("head.unknown") : _interview.Say("head.kind", ("source", title.In(_interview.Language)))));
        _draft.Line($"mapping: {name}");
        _draft.Line("version: 1");
        _draft.Line($"name: {{en: {MappingDraft.Quoted(title.En)}, pt: {MappingDraft.Quoted(title.Pt)}, es: {MappingDraft.Quoted(title.Es)}}}");
        if (table.Sheet is { } sheet) _draft.Line("sheet: " + sheet, _interview.Say("ground.sheet"));
        if (table.Header is { } row) _draft.Line("header: " + row, _interview.Say("ground.header"));
        var person = WritePerson();
        var facility = WriteFacility();
        // A state has no day: each of its facts may.
        var date = _kind?.IsOfStates == true ? null : WriteDate(person, facility);
        var rowId = WriteRowId();
        if (_head.Columns.SelectMany(c => c.Missing).Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
            _draft.Line("missing: " + MappingDraft.List(missing), _interview.Say("ground.missing", ("n", _head.Columns.Count(c => c.Missing.Count > 0))));
        WriteFields();
        if (further.Tables.Count > 0) _draft.Line("repeats:");
        foreach (var (repeat, rows, belong) in further.Tables)
        {
            var from = repeat.Sheet is { } own ? "sheet: " + MappingDraft.Quoted(own) : "file: " + MappingDraft.Quoted(repeat.File!);
            _draft.Line($"  - {{name: {repeat.Name}, {from}, key: {MappingDraft.Quoted(repeat.Key)}, of: {MappingDraft.Quoted(repeat.Of)}{(repeat.Order is { } order ? ", order: " + MappingDraft.Quoted(order) : "")}}}", _interview.Say("ground.repeat", ("n", belong), ("of", rows.Rows)));
        }

        var facts = new ProposeFacts(_programme, _head, _interview, _draft);
        facts.Write([.. _head.Columns.Where(c => !_read.Contains(c) && _kind?.IsOwn(c.Name) != true)], _kind?.IsOfStates == true, further.Tables);
        if (_kind?.IsOfStates == true && !facts.HasDays) date = WriteDate(person, facility);
        WriteForms(date, facts.Read);
        List<string> telling = [.. new[] { person, facility, date, rowId }.OfType<SourceColumn>().Select(c => c.Name), .. _kind?.Telling ?? []];
        if (_kind is null) telling.AddRange(facts.Read.Take(MostTelling).Select(c => c.Name));
        if (telling.Count == 0) telling = [.. _head.Columns.Take(MostTelling).Select(c => c.Name)];
        _draft.Line("recognise: " + MappingDraft.List(telling.Distinct(StringComparer.OrdinalIgnoreCase)), _interview.Say("ground.recognise"));
        var unread = _head.Columns.Where(c => !_read.Contains(c) && !facts.Read.Contains(c)).Select(c => c.Name).ToList();
        _unread.AddRange(unread);
        _without.AddRange(facts.Without);
        if (unread.Count > 0) _draft.Line("# " + _interview.Say("head.unread", ("columns", string.Join(", ", unread))));
        foreach (var repeated in further.Tables)
        {
            if (repeated.Columns.Where(c => !facts.Read.Contains(c)).Select(c => repeated.Repeat.Column(1, c.Name)).ToList() is { Count: > 0 } rest) _draft.Line("# " + _interview.Say("head.unread", ("columns", string.Join(", ", rest))));
        }

        if (further.Others.Count > 0) _draft.Line("# " + _interview.Say("head.tables", ("tables", string.Join(", ", further.Others))));
        if (facts.Without.Count > 0) _draft.Line("# " + _interview.Say("head.unfilled", ("facts", string.Join(", ", facts.Without))));
        return _draft.ToString();
    }

    private SourceColumn? WritePerson()
    {
        var systems = SystemsOf().ToList();
        if (_kind?.Person.FirstOrDefault(p => _head[p.Column] is not null) is { Column: not null } own)
        {
            // A case below the person's has the person's in an index of its own.
            if (_kind.IsOfStates && _head.Columns.Where(c => c.Name.StartsWith("indices.", StringComparison.Ordinal) || c.Name is "parent_case_id" or "parent_caseid").ToList() is { Count: > 0 } above)
            {
                var question = new Question("person.column", _interview.Say("ask.case"), [own.Column, .. above.Select(c => c.Name)]);
                own = own with { Column = _interview.Ask(question)?[0] ?? "" };
                if (own.Column.Length == 0)
                {
                    _draft.Line($"person: {{column: {MappingDraft.Open(question)}, system: {own.System}}}");
                    return null;
                }
            }

            _draft.Line($"person: {{column: {MappingDraft.Quoted(own.Column)}, system: {own.System}{(own.IsOfFacility ? ", of: facility" : "")}}}", KindGround());
            var column = _head[own.Column]!;
            _read.Add(column);
            var further = systems.Select(s => (s.System, Column: Named(s.Names))).Where(s => s.Column is not null && !_read.Contains(s.Column)).ToList();
            if (further.Count > 0) _draft.Line("identifiers:");
            foreach (var (system, other) in further) WriteIdentifier("  - ", other!, system, "identifiers." + system);
            return column;
        }

        var found = systems.Select(s => (s.System, Column: Named(s.Names))).Where(s => s.Column is not null).DistinctBy(s => s.Column).ToList();
        if (found.Count > 0)
        {
            WriteIdentifier("person: ", found[0].Column!, found[0].System, "person");
            if (found.Count > 1) _draft.Line("identifiers:");
            foreach (var (system, other) in found.Skip(1)) WriteIdentifier("  - ", other!, system, "identifiers." + system);
            return found[0].Column;
        }

        var named = Named(s_person, c => c.Fit(v => v.Any(char.IsDigit)) >= MostRows);
        var chosen = named ?? AskColumn("person.column", "ask.person", _head.Columns);
        if (chosen is null)
        {
            _draft.Line($"person: {{column: {MappingDraft.Open(new Question("person.column", _interview.Say("ask.person"), []))}, system: {MappingDraft.Open(SystemQuestion("person", "–"))}}}");
            return null;
        }

        WriteIdentifier("person: ", chosen, null, "person", named is null ? null : _interview.Say("ground.name", ("name", ColumnWords.Best(named.Name, s_person).Name)));
        return chosen;
    }

    /// <summary>Systems of the programme, with what they are called.</summary>
    private IEnumerable<(string System, IReadOnlyList<string> Names)> SystemsOf()
    {
        yield return (_programme.Register.PersonSystem, [_programme.Register.PersonColumn, .. Labels(_programme.Register.PersonSystem)]);
        foreach (var system in (_programme.Field?.Identifiers ?? []).Where(i => i.System != _programme.Register.PersonSystem)) yield return (system.System, [system.System, .. Labels(system.System)]);
        IEnumerable<string> Labels(string system) => _programme.Field?.Identifiers.FirstOrDefault(i => i.System == system)?.Label is { } label ? [label.Pt, label.Es, label.En] : [];
    }

    private void WriteIdentifier(string before, SourceColumn column, string? system, string key, string? ground = null)
    {
        _read.Add(column);
        ground ??= system is null ? _interview.Say("ground.answer") : _interview.Say("ground.name", ("name", system));
        var form = _programme.Field?.Identifiers.FirstOrDefault(i => i.System == system);
        if (form?.Pattern is not null) ground += "; " + _interview.Say("ground.form", ("n", column.Filled.Count(v => form.Fits(form.Normal(v)))), ("of", column.Filled.Count));
        var kind = SystemQuestion(key, column.Name);
        var said = system ?? _interview.Ask(kind)?[0];
        // That a number of the programme's own systems is one person's everywhere is theirs to say; of any other somebody must.
        var scope = new Question(key + ".of", _interview.Say("ask.of", ("column", column.Name)), ["everywhere", "facility"]);
        var isKnown = said is not null && said != _programme.Register.PersonSystem && _programme.Field?.Identifiers.Any(i => i.System == said) == true;
        var of = isKnown ? "everywhere" : _interview.Ask(scope)?[0];
        _draft.Line(
            $"{before}{{column: {MappingDraft.Quoted(column.Name)}, system: {(said is null ? MappingDraft.Open(kind) : MappingDraft.Quoted(said))}{(of == "everywhere" ? "" : ", of: " + (of ?? MappingDraft.Open(scope)))}}}", ground);
    }

    private Question SystemQuestion(string key, string column) => new(key + ".system", _interview.Say("ask.system", ("column", column), ("known", string.Join(", ", SystemsOf().Select(s => s.System)))), []);

    private SourceColumn? WriteFacility()
    {
        var places = _programme.Places.Where(p => p.Level == _programme.Levels[^1]).ToList();
        var codes = new PlaceCodes(places.Select(p => p.Code));
        var names = places.GroupBy(p => p.Name.Trim(), StringComparer.OrdinalIgnoreCase).Where(g => g.Select(p => p.Code).Distinct().Count() == 1).Select(g => g.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        double Codes(SourceColumn column) => column.Filled.Count == 0 ? 0 : column.Fit(v => codes.Find(v) is not null);
        double Names(SourceColumn column) => column.Filled.Count == 0 ? 0 : column.Fit(v => names.Contains(v.Trim()));
        var placed = _head.Columns.Select(c => (Column: c, Share: Math.Max(Codes(c), Names(c)))).Where(c => c.Share >= MostPlaces).OrderByDescending(c => c.Share).ToList();
        var chosen = placed.Count == 1 || (placed.Count > 1 && placed[0].Share > placed[1].Share) ? placed[0].Column
            : Named([_programme.Register.FacilityColumn, .. s_facility]) ?? AskColumn("facility.column", "ask.facility", placed.Count > 0 ? [.. placed.Select(p => p.Column)] : _head.Columns);
        if (chosen is null)
        {
            _draft.Line($"facility: {{column: {MappingDraft.Open(new Question("facility.column", _interview.Say("ask.facility"), []))}}}");
            return null;
        }

        _read.Add(chosen);
        var isName = Names(chosen) > Codes(chosen);
        var found = chosen.Filled.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var unknown = found.Where(v => codes.Find(v) is null && !names.Contains(v.Trim())).Take(MostPlacesAsked + 1).ToList();
        var ground = _interview.Say(isName ? "ground.place-names" : "ground.place-codes", ("n", found.Count(v => isName ? names.Contains(v.Trim()) : codes.Find(v) is not null)), ("of", found.Count));
        _draft.Line("facility:", unknown.Count > MostPlacesAsked ? ground + "; " + _interview.Say("ground.places-wait") : ground);
        _draft.Line($"  column: {MappingDraft.Quoted(chosen.Name)}");
        _draft.Line("  is: " + (isName ? "name" : "code"));
        if (unknown.Count is > 0 and <= MostPlacesAsked) WritePlaces(unknown, places);
        return chosen;
    }

    private void WritePlaces(List<string> unknown, List<PlaceRecord> places)
    {
        var known = places.Select(p => p.Code).Distinct(StringComparer.Ordinal).ToList();
        var lines = new List<string>();
        foreach (var name in unknown)
        {
            var question = new Question("facility.names." + name, _interview.Say("ask.place", ("name", name)), [.. known, Interview.None]);
            var said = _interview.Ask(question)?[0];
            if (said != Interview.None) lines.Add($"    {MappingDraft.Quoted(name)}: {(said is null ? MappingDraft.Open(question with { Choices = [] }) : MappingDraft.Quoted(said))}");
        }

        if (lines.Count == 0) return;
        _draft.Line("  names:", _interview.Say("ground.places-unknown"));
        foreach (var line in lines) _draft.Line(line);
    }

    private SourceColumn? WriteDate(SourceColumn? person, SourceColumn? facility)
    {
        var dates = _head.Columns.Where(c => c != person && c != facility && c.Filled.Count >= MostRows * _head.Rows && c.Fit(FieldForms.IsDate) >= MostRows).ToList();
        // A date of something else is called so.
        var names = new FactNames(_programme);
        var others = _programme.Register.Facts.Where(f => f.Type == FactType.Date).SelectMany(names.Of).ToList();
        var own = dates.Where(c => ColumnWords.Best(c.Name, [_programme.Register.DateColumn, .. s_date]).Likeness is >= Sure and var like && like > ColumnWords.Best(c.Name, others).Likeness).ToList();
        List<SourceColumn> written = [.. _kind?.Dates.Select(d => _head[d]).OfType<SourceColumn>().Where(dates.Contains) ?? []];
        var candidates = own.Count == 1 ? own : own.Union(written).ToList();
        var chosen = candidates.Count == 1 ? candidates[0] : null;
        var ground = chosen is null ? _interview.Say("ground.answer") : own.Count == 1 ? _interview.Say("ground.date", ("n", chosen.Filled.Count), ("of", _head.Rows)) : KindGround();
        var question = new Question("date.column", _interview.Say("ask.date"), [.. (candidates.Count > 0 ? candidates : dates.Count > 0 ? dates : _head.Columns).Select(c => c.Name)]);
        chosen ??= _interview.Ask(question) is { } answer ? _head[answer[0]] : null;
        if (chosen is null)
        {
            _draft.Line($"date: {{column: {MappingDraft.Open(question)}}}");
            return null;
        }

        _read.Add(chosen);
        var zone = "";
        if (chosen.Filled.Any(v => FieldForms.HasTime(v) && !FieldForms.HasOffset(v)))
        {
            var where = new Question("date.zone", _interview.Say("ask.zone", ("column", chosen.Name)), []);
            var said = _interview.Ask(where)?[0];
            zone = said is null ? ", zone: " + MappingDraft.Open(where) : said.Equals("local", StringComparison.OrdinalIgnoreCase) ? "" : ", zone: " + MappingDraft.Quoted(said);
        }

        _draft.Line($"date: {{column: {MappingDraft.Quoted(chosen.Name)}{zone}}}", ground);
        return chosen;
    }

    private SourceColumn? WriteRowId()
    {
        var own = _kind?.RowId.Select(r => _head[r]).FirstOrDefault(c => c is not null);
        var candidates = _head.Columns.Where(c => !_read.Contains(c) && c.IsOnePerRow && (c.Fit(FieldForms.IsUuid) == 1 || ColumnWords.Best(c.Name, [.. s_rowId, _programme.Register.RowIdColumn ?? s_rowId[0]]).Likeness >= Sure)).ToList();
        var chosen = own ?? (candidates.Count == 0 ? null : AskColumn("row-id.column", "ask.row-id", candidates, orNone: true));
        if (chosen is null)
        {
            if (_interview.Open.FirstOrDefault(q => q.Key == "row-id.column") is { } open) _draft.Line($"row-id: {{column: {MappingDraft.Open(open)}}}");
            else _draft.Line("# " + _interview.Say("head.no-row-id"));
            return null;
        }

        _read.Add(chosen);
        var changed = _kind?.IsOfStates == true ? _kind.Dates.Where(d => d.Contains("modified", StringComparison.Ordinal)).Select(d => _head[d]).FirstOrDefault(c => c is not null) : null;
        if (changed is not null) _read.Add(changed);
        _draft.Line($"row-id: {{column: {MappingDraft.Quoted(chosen.Name)}{(changed is null ? "" : ", changed: " + MappingDraft.Quoted(changed.Name))}}}", own is null ? _interview.Say("ground.answer") : KindGround());
        return chosen;
    }

    private void WriteFields()
    {
        var fields = new List<string>();
        foreach (var field in (_programme.Field?.PersonFields ?? []).Where(f => f.Type is PersonFieldType.Text or PersonFieldType.Phone))
        {
            var column = Named([.. s_fields.GetValueOrDefault(field.Name, []), field.Label.Pt, field.Label.Es, field.Label.En]);
            if (column is null || _read.Contains(column)) continue;
            _read.Add(column);
            fields.Add($"{field.Name}: {MappingDraft.Quoted(column.Name)}");
        }

        if (fields.Count > 0) _draft.Line($"fields: {{{string.Join(", ", fields)}}}", _interview.Say("ground.fields"));
    }

    /// <summary>Order of dates and decimal mark, where the file has some that could be read in two ways.</summary>
    private void WriteForms(SourceColumn? date, List<SourceColumn> read)
    {
        var (dayFirst, monthFirst, open) = FieldForms.OrdersOf(read.Append(date).OfType<SourceColumn>().SelectMany(c => c.Filled));
        if (dayFirst != monthFirst) _draft.Line("dates: " + (dayFirst ? "dmy" : "mdy"), _interview.Say("ground.dates"));
        else if (dayFirst || open) Ask(new Question("dates", _interview.Say(dayFirst ? "ask.dates-both" : "ask.dates"), ["dmy", "mdy"]));
        var numbers = read.SelectMany(c => c.Filled).Where(FieldForms.IsNumber).ToList();
        var commas = numbers.Where(n => n.Contains(',', StringComparison.Ordinal)).ToList();
        if (commas.Count == 0) return;
        if (numbers.All(n => !n.Contains('.', StringComparison.Ordinal)) && commas.Any(n => n.Length - n.IndexOf(',', StringComparison.Ordinal) != 4)) _draft.Line("decimal: comma", _interview.Say("ground.decimal", ("n", commas.Count)));
        else Ask(new Question("decimal", _interview.Say("ask.decimal"), ["comma", "point"]));

        void Ask(Question question)
        {
            var said = _interview.Ask(question);
            _draft.Line($"{question.Key}: {said?[0] ?? MappingDraft.Open(question)}", said is null ? null : _interview.Say("ground.answer"));
        }
    }

    private string KindGround() => _interview.Say("ground.kind", ("source", _kind!.Title.In(_interview.Language)));

    /// <summary>The one column that a name means beyond doubt.</summary>
    private SourceColumn? Named(IReadOnlyList<string> names, Func<SourceColumn, bool>? may = null)
    {
        var like = _head.Columns.Where(c => !_read.Contains(c) && may?.Invoke(c) != false).Select(c => (Column: c, ColumnWords.Best(c.Name, names).Likeness)).Where(c => c.Likeness >= Sure).OrderByDescending(c => c.Likeness).ToList();
        return like.Count == 1 || (like.Count > 1 && like[0].Likeness > like[1].Likeness) ? like[0].Column : null;
    }

    private SourceColumn? AskColumn(string key, string sentence, IReadOnlyList<SourceColumn> columns, bool orNone = false)
    {
        var question = new Question(key, _interview.Say(sentence), [.. columns.Select(c => c.Name), .. orNone ? [Interview.None] : Array.Empty<string>()]);
        return _interview.Ask(question) is { } answer && answer[0] != Interview.None ? _head[answer[0]] : null;
    }
}
