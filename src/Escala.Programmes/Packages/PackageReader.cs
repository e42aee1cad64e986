using Escala.Platform.Problems;
using Escala.Programmes.Facts;
using Escala.Programmes.Places;

namespace Escala.Programmes.Packages;

/// <summary>Makes a programme of a package's files, or says of every file everything that stands in the way.</summary>
public static class PackageReader
{
    public static Result<Programme> Read(string folder)
    {
        var files = PackageFiles.In(folder);
        return files.IsOk ? Read(files.Value.Bytes) : Result<Programme>.Refused(files.Problems);
    }

    public static Result<Programme> Read(IReadOnlyDictionary<string, byte[]> files)
    {
        var package = new PackageFiles(files);
        if (package.Check() is { Count: > 0 } wrong) return Result<Programme>.Refused(wrong);

        var ofRegister = new NodeReader(RegisterFile.Name);
        var ofProgramme = new NodeReader(ProgrammeFile.Name);
        var ofMeasures = new NodeReader(MeasuresFile.Name);
        var registerFile = new RegisterFile(ofRegister);
        var register = registerFile.Read(YamlFile.Read(ofRegister, files[RegisterFile.Name]));

        var programmeFile = new ProgrammeFile(ofProgramme, registerFile.Table);
        var programmeRoot = YamlFile.Read(ofProgramme, files[ProgrammeFile.Name]);
        var programme = programmeFile.Read(programmeRoot);

        // Without programme.yaml nobody knows whether there are birth dates; then that is not a mistake of the measures.
        var hasBirthDate = programmeRoot is null || (programmeRoot["population"] as YamlMap)?.Has("birth-date") == true;
        Utf8.Decode(files[MeasuresFile.Name], out var measuresText);
        var measures = new MeasuresFile(ofMeasures, registerFile.Table, programme?.Id ?? "", hasBirthDate, measuresText)
            .Read(YamlFile.Read(ofMeasures, files[MeasuresFile.Name]));

        var ofField = new NodeReader(FieldFile.Name);
        var field = files.TryGetValue(FieldFile.Name, out var fieldBytes) ? new FieldFile(ofField, registerFile.Table).Read(YamlFile.Read(ofField, fieldBytes)) : null;

        var mappings = ReadMappings(package, registerFile.Table, register, programme?.Zone);

        // Steps that the register or the measures get wrong are told there, and not again wherever they are counted.
        var steps = ofRegister.Problems.Any() || ofMeasures.Problems.Any() ? null : measures?.Cascade;
        var tallies = ReadTallies(package, steps, programme?.Zone, mappings.Mappings);

        var levels = programme?.Levels is { Count: > 0 } said ? said : null;
        var places = files.TryGetValue(PackageFiles.Places, out var placeBytes)
            ? PlacesFile.Read(PackageFiles.Places, placeBytes, levels)
            : Array.Empty<PlaceRecord>();
        var codes = places.IsOk && places.Value.Length > 0 ? places.Value.Select(p => p.Code).ToHashSet(StringComparer.Ordinal) : null;
        var placeFacts = files.TryGetValue(PackageFiles.PlaceFacts, out var factBytes)
            ? PlaceFactsFile.Read(PackageFiles.PlaceFacts, factBytes, codes)
            : Array.Empty<PlaceFact>();
        if (places.IsOk) programmeFile.CheckPlaces(programme?.Trial, places.Value);

        List<Problem> problems = [.. ofProgramme.Problems, .. ofRegister.Problems, .. ofMeasures.Problems, .. ofField.Problems, .. mappings.Problems, .. tallies.Problems, .. places.Problems, .. placeFacts.Problems];
        if (problems.Count > 0) return Result<Programme>.Refused(problems);
        return programme! with
        {
            Hash = package.Hash,
            Register = register!,
            Measures = measures!.Value.Measures,
            Cascade = measures.Value.Cascade!,
            Field = field,
            Mappings = mappings.Mappings,
            Tallies = tallies.Tallies,
            Places = places.Value,
            PlaceFacts = placeFacts.Value,
            Forms = package.Forms.ToDictionary(f => f.Name, f => f.Bytes, StringComparer.Ordinal),
        };
    }

    /// <summary>The programme with a mapping that its package does not have, in place of one of the same name: for looking at what an import would do.</summary>
    public static Result<Programme> WithMapping(Programme programme, string file, byte[] bytes)
    {
        var reader = new NodeReader(file) { AsksQuestions = true };
        var facts = new FactTable();
        foreach (var fact in programme.Register.Facts) facts.Add(fact.Name, fact);
        var mapping = new MappingFile(reader, facts, programme.Register, TimeZoneInfo.FindSystemTimeZoneById(programme.Zone)).Read(YamlFile.Read(reader, bytes));
        List<Problem> problems = [.. reader.Problems];
        if (problems.Count > 0 || mapping is null) return Result<Programme>.Refused(problems);
        return programme with { Mappings = [.. programme.Mappings.Where(m => m.Name != mapping.Name), mapping with { File = file }] };
    }

    /// <summary>The name that a mapping's file gives it; null where it cannot be read.</summary>
    public static string? NameOf(string file, byte[] mapping) => (YamlFile.Read(new NodeReader(file), mapping)?[MappingFile.NameKey] as YamlText)?.Value;

    private static (IReadOnlyList<TallyMapping> Tallies, IReadOnlyList<Problem> Problems) ReadTallies(PackageFiles package, Measures.Cascade? cascade, string? zone, IReadOnlyList<Mapping> mappings)
    {
        // What the measures or the programme get wrong is told there.
        if (cascade is null || zone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var local)) return ([], []);
        List<TallyMapping> tallies = [];
        List<Problem> problems = [];
        foreach (var (file, bytes) in package.Tallies)
        {
            var reader = new NodeReader(file) { AsksQuestions = true };
            var root = YamlFile.Read(reader, bytes);
            var tally = new TallyFile(reader, [.. cascade.Steps.Select(s => s.Measure.Id)], local).Read(root);
            // An import names either by --mapping.
            if (tally is not null && (tallies.Any(t => t.Name == tally.Name) || mappings.Any(m => m.Name == tally.Name))) reader.Refuse(root!, "name-twice", tally.Name);
            problems.AddRange(reader.Problems);
            if (tally is not null) tallies.Add(tally with { File = file });
        }

        return (tallies, problems);
    }

    private static (IReadOnlyList<Mapping> Mappings, IReadOnlyList<Problem> Problems) ReadMappings(PackageFiles package, FactTable facts, Register? register, string? zone)
    {
        // What the register or the programme gets wrong is told there.
        if (register is null || zone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var local)) return ([], []);
        List<Mapping> mappings = [];
        List<Problem> problems = [];
        foreach (var (file, bytes) in package.Mappings)
        {
            var reader = new NodeReader(file) { AsksQuestions = true };
            var root = YamlFile.Read(reader, bytes);
            var mapping = new MappingFile(reader, facts, register, local).Read(root);
            if (mapping is not null && mappings.Any(m => m.Name == mapping.Name)) reader.Refuse(root!, "name-twice", mapping.Name);
            problems.AddRange(reader.Problems);
            if (mapping is not null) mappings.Add(mapping with { File = file });
        }

        return (mappings, problems);
    }
}
