using System.Globalization;
using System.Text;
using Escala.Platform.Problems;

namespace Escala.Programmes.Facts;

/// <summary>Reads the fields of a record as the facts of a register, under a <see cref="Layout"/>. One per thread.</summary>
public sealed class RowReader
{
    /// <summary>Columns that a problem lists before it says that there are more.</summary>
    private const int ColumnsListed = 40;

    private readonly Layout _layout;
    private readonly FieldValues _values;
    private readonly PlausibleDates? _plausibleDay;
    private readonly int _person;
    private readonly int _facility;
    private readonly int _date;
    private readonly int _rowId;
    private readonly (FactDefinition Fact, int[] Fields)[] _facts;
    private readonly int[] _uninterpreted;
    private readonly SourceWords? _source;
    private readonly int[] _telling;
    private readonly (IdentifierColumn Of, int Field)[] _identifiers;
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _codes =
        new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private RowReader(Register register, Layout layout, Dictionary<string, int> columns)
    {
        _layout = layout;
        _plausibleDay = register.PlausibleDay;
        _source = register.Source;
        _values = new FieldValues(layout, _source);
        _identifiers = [.. (_source?.Identifiers ?? []).Where(i => columns.ContainsKey(i.Column)).Select(i => (i, columns[i.Column]))];
        _person = columns.GetValueOrDefault(register.PersonColumn, int.MaxValue);
        _facility = columns[register.FacilityColumn];
        _date = columns[register.DateColumn];
        _rowId = register.RowIdColumn is { } id && columns.TryGetValue(id, out var field) ? field : -1;
        // A column that the file does not have is a field beyond its last: not recorded.
        _facts = register.Facts.Where(f => f.Columns.Count > 0).Select(f => (f, f.Columns.Select(c => columns.GetValueOrDefault(c, int.MaxValue)).ToArray())).Where(f => f.f.Type != FactType.Text).ToArray();
        var interpreted = _facts.SelectMany(f => f.Fields).Append(_person).Append(_facility).Append(_date).Append(_rowId).Concat(_identifiers.Select(i => i.Field)).ToHashSet();
        _telling = [.. (_source?.TellingColumns ?? []).Where(columns.ContainsKey).Select(c => columns[c])];
        // What holds on a day of its own is the same whatever else changes in its row.
        _uninterpreted = _source?.Part is not null ? [] : [.. Enumerable.Range(0, layout.Columns.Count).Where(c => !interpreted.Contains(c)).OrderBy(c => layout.Columns[c], StringComparer.Ordinal)];
    }

    /// <summary>By the register, or the mapping, that the layout is of.</summary>
    public static Result<RowReader> For(Programme programme, Layout layout) =>
        programme.RegisterOf(layout) is { } register ? For(register, layout) : Problem.Of("programmes.mapping.unknown", ("mapping", layout.Mapping), ("known", string.Join(", ", programme.Mappings.Select(m => m.Name))));

    /// <summary>Refused when a column without which no row can be taken is missing, or a column stands twice.</summary>
    public static Result<RowReader> For(Register register, Layout layout)
    {
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < layout.Columns.Count; i++)
        {
            if (!columns.TryAdd(layout.Columns[i], i)) return Problem.Of("programmes.register.column-twice", ("column", layout.Columns[i]));
        }

        string[] needed = register.Source is { Identifiers.Count: > 1 } ? [register.FacilityColumn, register.DateColumn] : [register.PersonColumn, register.FacilityColumn, register.DateColumn];
        var missing = needed.Where(c => !columns.ContainsKey(c)).Select(c => Problem.Of(register.Source is null ? "programmes.register.column-of-another" : "programmes.register.column-missing", ("column", c), ("columns", string.Join(", ", layout.Columns.Count > ColumnsListed ? layout.Columns.Take(ColumnsListed).Append("…") : layout.Columns)))).ToList();
        return missing.Count > 0 ? Result<RowReader>.Refused(missing) : new RowReader(register, layout, columns);
    }

    /// <summary>Fills the row; what cannot be read is among its problems.</summary>
    public void Read(CsvRecord record, DecodedRow row)
    {
        row.Reset();
        row.IsSilent = _source?.Part is not null && At(record, _date).IsEmpty && IsEmpty(record);
        if (HasMore(record)) row.Problems.Add(Problem.Of("programmes.register.too-many-fields", ("fields", record.Count), ("columns", _layout.Columns.Count)));
        if (_source is null) row.Person = Required(record, _person, row);
        else ReadIdentifiers(record, row);
        row.Facility = Required(record, _facility, row);
        var date = At(record, _date);
        row.Day = date.IsEmpty ? Refuse(row, _date, "programmes.register.empty") : _values.IsDate(date, out var day) ? day : Refuse(row, _date, "programmes.register.not-a-date");
        if (_rowId >= 0) row.RowId = IdOf(Text(At(record, _rowId)), row.Day);
        if (row.Day > 0 && _plausibleDay?.Holds(row.Day, row.Day) == false) row.Queries.Add(_layout.Columns[_date]);
        var hash = Fnv.Offset;
        Mix(ref hash, (ulong)row.Day);
        foreach (var (fact, fields) in _facts)
        {
            if (fact.Type == FactType.Pair) ReadPair(record, fact, fields, row, ref hash);
            else if (fields.Length > 1) ReadFlags(record, fact, fields, row, ref hash);
            else if (At(record, fields[0]) is { IsEmpty: false } field) ReadFact(field, fact, fields[0], row, ref hash);
        }

        foreach (var field in _uninterpreted)
        {
            var value = record[field];
            if (value.IsEmpty) continue;
            foreach (var letter in _layout.Columns[field]) Mix(ref hash, letter);
            foreach (var b in value) hash = (hash ^ b) * Fnv.Prime;
        }

        row.Said = hash;
    }

    /// <summary>Something is written beyond the last column; the empty fields of a spreadsheet's empty columns are nothing.</summary>
    private bool HasMore(CsvRecord record)
    {
        if (_source is { IsJoined: true }) return record.Count > _layout.Columns.Count;
        for (var field = _layout.Columns.Count; field < record.Count; field++)
        {
            if (!record[field].IsEmpty) return true;
        }

        return false;
    }

    private bool IsEmpty(CsvRecord record)
    {
        foreach (var field in _telling)
        {
            if (!At(record, field).IsEmpty) return false;
        }

        return true;
    }

    /// <summary>The source's id of its row; of what holds on one of several days, with that day's column, and with the day where each is a row.</summary>
    private string? IdOf(string? id, int day) =>
        id is null || _source is null or { Part: null, IsRowADay: false } ? id : string.Create(CultureInfo.InvariantCulture, $"{id}\n{_source.Part}\n{(_source.IsRowADay ? day : 0)}");

    private void ReadFact(ReadOnlySpan<byte> field, FactDefinition fact, int column, DecodedRow row, ref ulong hash)
    {
        double value, second = 0;
        switch (fact.Type)
        {
            case FactType.Flag:
                value = FieldValues.Flag(field, fact);
                if (value < 0) row.Cleared.Add(fact.Name);
                break;
            case FactType.Date:
                value = _values.IsDate(field, out var day) ? day : double.NaN;
                break;
            case FactType.Category:
                value = FieldValues.Category(field, fact);
                break;
            case FactType.Quantity:
                value = _values.Quantity(field, out second);
                break;
            default:
                value = _values.Number(field);
                if (fact.Type == FactType.Supply && value != Math.Floor(value)) value = double.NaN;
                break;
        }

        if (double.IsNaN(value))
        {
            row.Problems.Add(Unreadable(fact, column));
            return;
        }

        row.Slots[fact.Slot] = value;
        if (fact.Type == FactType.Quantity) row.Slots[fact.Slot + 1] = second;
        Mix(ref hash, (ulong)fact.Slot);
        Mix(ref hash, BitConverter.DoubleToUInt64Bits(value));
        Mix(ref hash, (ulong)second);
        if (Implausible(fact, value, second, row.Day)) row.Queries.Add(_layout.Columns[column]);
    }

    private static bool Implausible(FactDefinition fact, double value, double second, int rowDay)
    {
        if (fact.PlausibleDates is { } dates) return !dates.Holds((int)value, rowDay);
        if (fact.ReadableAt is { } limit && (((Qualifier)(int)second == Qualifier.Below && value > limit) || ((Qualifier)(int)second == Qualifier.Above && value < limit))) return true;
        // Nobody is given less than nothing; 0 days says that nothing was given.
        if (fact.Type == FactType.Supply && value == 0) return false;
        if (fact.Type == FactType.Quantity && (Qualifier)(int)second == Qualifier.NotDetected) return false;
        return fact.Plausible.Count > 0 && (value < fact.Plausible[0].Lowest || value > fact.Plausible[0].Highest);
    }

    private void ReadPair(CsvRecord record, FactDefinition fact, int[] fields, DecodedRow row, ref ulong hash)
    {
        var readings = fields.Length / 2;
        double first = 0, second = 0;
        var taken = 0;
        // From the last reading backwards: the rule asks for the last complete ones.
        for (var i = readings - 1; i >= 0; i--)
        {
            var one = At(record, fields[2 * i]);
            var two = At(record, fields[(2 * i) + 1]);
            if (one.IsEmpty && two.IsEmpty) continue;
            var a = PartOf(one, fact, 0, fields[2 * i], row);
            var b = PartOf(two, fact, 1, fields[(2 * i) + 1], row);
            Mix(ref hash, (ulong)((fact.Slot * 64) + i));
            Mix(ref hash, BitConverter.DoubleToUInt64Bits(a));
            Mix(ref hash, BitConverter.DoubleToUInt64Bits(b));
            if (double.IsNaN(a) || double.IsNaN(b)) continue;
            if (fact.FirstAboveSecond && a <= b) row.Queries.Add(_layout.Columns[fields[2 * i]]);
            if (taken == (fact.Reading switch { ReadingRule.Last => 1, ReadingRule.MeanOfLastTwo => 2, _ => int.MaxValue })) continue;
            first += a;
            second += b;
            taken++;
        }

        if (taken == 0) return;
        row.Slots[fact.Slot] = first / taken;
        row.Slots[fact.Slot + 1] = second / taken;
    }

    private double PartOf(ReadOnlySpan<byte> field, FactDefinition fact, int part, int column, DecodedRow row)
    {
        if (field.IsEmpty) return double.NaN;
        var value = _values.Number(field);
        if (double.IsNaN(value)) row.Problems.Add(Unreadable(fact, column));
        else if (part < fact.Plausible.Count && (value < fact.Plausible[part].Lowest || value > fact.Plausible[part].Highest)) row.Queries.Add(_layout.Columns[column]);
        return value;
    }

    private Problem Unreadable(FactDefinition fact, int column) => fact.Type switch
    {
        FactType.Flag when fact.YesWords.Count > 0 => Problem.Of("programmes.register.not-a-category", ("column", _layout.Columns[column]), ("words", string.Join(", ", fact.YesWords.Concat(fact.NoWords).Concat(fact.StoppedWords).Concat(fact.ClearedBy is { } clears ? [clears] : Array.Empty<string>())))),
        FactType.Flag => Problem.Of("programmes.register.not-a-flag", ("column", _layout.Columns[column]), ("clears", fact.ClearedBy is null ? "" : ", " + fact.ClearedBy)),
        FactType.Category => Problem.Of("programmes.register.not-a-category", ("column", _layout.Columns[column]), ("words", string.Join(", ", fact.Categories.SelectMany(c => c.Words)))),
        FactType.Date => Problem.Of("programmes.register.not-a-date", ("column", _layout.Columns[column])),
        FactType.Quantity => Problem.Of("programmes.register.not-a-quantity", ("column", _layout.Columns[column])),
        FactType.Supply => Problem.Of("programmes.register.not-whole-days", ("column", _layout.Columns[column])),
        _ => Problem.Of("programmes.register.not-a-number", ("column", _layout.Columns[column]), ("mark", _layout.DecimalMark)),
    };

    private int Refuse(DecodedRow row, int column, string code)
    {
        row.Problems.Add(Problem.Of(code, ("column", _layout.Columns[column])));
        return 0;
    }

    /// <summary>A field; empty where the source writes that nothing was recorded.</summary>
    private ReadOnlySpan<byte> At(CsvRecord record, int field)
    {
        var value = record[field];
        if (_source is null) return value;
        foreach (var word in _source.Missing)
        {
            if (FieldValues.IsWord(value, word)) return default;
        }

        return value;
    }

    private void ReadIdentifiers(CsvRecord record, DecodedRow row)
    {
        row.IsMapped = true;
        foreach (var (of, field) in _identifiers)
        {
            if (Text(At(record, field)) is { } value) row.Identifiers.Add((of, value));
        }

        if (row.Identifiers.Count > 0) row.Person = row.Identifiers[0].Value;
        else row.Problems.Add(Problem.Of("programmes.register.empty", ("column", string.Join(", ", _identifiers.Select(i => i.Of.Column)))));
    }

    /// <summary>A flag that any of several columns sets.</summary>
    private void ReadFlags(CsvRecord record, FactDefinition fact, int[] fields, DecodedRow row, ref ulong hash)
    {
        var best = -1;
        var value = double.NegativeInfinity;
        for (var i = 0; i < fields.Length; i++)
        {
            var field = At(record, fields[i]);
            if (field.IsEmpty) continue;
            var said = FieldValues.Flag(field, fact);
            // What cannot be read is told, whatever the other columns say.
            if (!(FieldValues.SaysMore(said, value) || double.IsNaN(said))) continue;
            (best, value) = (i, said);
            if (double.IsNaN(said)) break;
        }

        if (best >= 0) ReadFact(At(record, fields[best]), fact, fields[best], row, ref hash);
    }

    private string Required(CsvRecord record, int field, DecodedRow row)
    {
        var value = At(record, field);
        if (!value.IsEmpty) return Text(value)!;
        row.Problems.Add(Problem.Of("programmes.register.empty", ("column", _layout.Columns[field])));
        return "";
    }

    /// <summary>The text of a field; the same text is the same string, for codes that recur on every line.</summary>
    private string? Text(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty) return null;
        Span<char> letters = field.Length <= 128 ? stackalloc char[128] : new char[field.Length];
        var length = Encoding.UTF8.GetChars(field, letters);
        var key = letters[..length];
        if (_codes.TryGetValue(key, out var known)) return known;
        var text = key.ToString();
        if (_codes.Dictionary.Count < 20_000 && field.Length <= 128) _codes[text] = text;
        return text;
    }

    private static void Mix(ref ulong hash, ulong value) => Fnv.Mix(ref hash, value);
}
