using Escala.Capture.Imports;
using Escala.Capture.Inbox;
using Escala.Cascades.Counters;
using Escala.Cascades.Derivations;
using Escala.Cascades.Sheets;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Registry;

namespace Escala.Chapters.Tests.Stores;

/// <summary>A store with its writer, of the first programme where nothing else is said, on any engine; the clock stands still until it is moved.</summary>
internal sealed class RunningStore : IDisposable
{
    private readonly AnyStore _place;
    private readonly string _files;
    private Programme? _programme;
    private int _imports;

    public RunningStore(Engine engine, string places)
        : this(engine, WithPlaces(places))
    {
    }

    public RunningStore(Engine engine, PackageFiles package)
    {
        _place = AnyStore.New(engine);
        _files = Directory.CreateTempSubdirectory("escala-files-").FullName;
        Store = Store.At(_place.Location);
        Assert.True(Store.Create(Clock).IsOk);
        Writer = new LedgerWriter(Store.TakeLease().Value, new LiveDerivation().Hook, Clock);
        var applied = ApplyProgramme.Run(Store, Writer, package, null, Clock, null, default);
        Assert.True(applied.IsOk, string.Join("; ", applied.Problems));
    }

    /// <summary>What is answered when a complete extract lacks known rows.</summary>
    public Func<IReadOnlyList<(string Facility, int Rows)>, OnChange> OnWithdraw { get; set; } = _ => OnChange.Replace;

    public SettableClock Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public Store Store { get; }

    public string Location => _place.Location;

    public LedgerWriter Writer { get; }

    public Programme Programme
    {
        get
        {
            if (_programme is not null) return _programme;
            using var session = Store.Open(writable: false);
            return _programme = ProgrammeInForce.Load(session).Value;
        }
    }

    /// <summary>The shipped package, but for the trial: its clusters name places that a test has not.</summary>
    public static PackageFiles Package()
    {
        var files = PackageFiles.In(Path.Combine(Repository.Root, "programmes", "saia-htn")).Value;
        var bytes = files.Bytes.Where(f => f.Key is "programme.yaml" or "register.yaml" or "measures.yaml" or PackageFiles.Places).ToDictionary(f => f.Key, f => f.Value);
        var programme = System.Text.Encoding.UTF8.GetString(bytes["programme.yaml"]);
        bytes["programme.yaml"] = System.Text.Encoding.UTF8.GetBytes(programme[..programme.IndexOf("trial:", StringComparison.Ordinal)]);
        return files with { Bytes = bytes };
    }

    /// <summary>The second programme, with its own places: quarters, and rows that the register numbers itself.</summary>
    public static PackageFiles SecondPackage() => PackageFiles.In(Path.Combine(Repository.Root, "programmes", "pediatric-hiv")).Value;

    private static PackageFiles WithPlaces(string places) =>
        new(Package().Bytes.ToDictionary(f => f.Key, f => f.Key == PackageFiles.Places ? System.Text.Encoding.UTF8.GetBytes(places) : f.Value));

    public Result<IReadOnlyList<ImportReport>> TryImport(string csv, OnChange onChange = OnChange.Stop, (DateOnly, DateOnly)? complete = null, string source = "register", bool takeErased = false)
    {
        // Each in a folder of its own, as today's and yesterday's extract have one name.
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(_files, $"{++_imports}")).FullName, "register.csv");
        File.WriteAllText(file, csv);
        return TryImportFile(file, onChange, complete, source, takeErased);
    }

    public Result<IReadOnlyList<ImportReport>> TryImportFile(string file, OnChange onChange = OnChange.Stop, (DateOnly, DateOnly)? complete = null, string? source = "register", bool takeErased = false)
    {
        Clock.Move();
        var options = new ImportOptions { OnChange = (_, _) => onChange, Complete = complete, Source = source, OnWithdraw = OnWithdraw, TakeErased = takeErased };
        return Importer.Import([file], options, null, default);
    }

    /// <summary>Files of another system, as one command names them.</summary>
    public Result<IReadOnlyList<ImportReport>> TryImportFiles(IReadOnlyList<string> files, OnChange onChange = OnChange.Stop, string? mapping = null)
    {
        Clock.Move();
        return Importer.Import(files, new ImportOptions { OnChange = (_, _) => onChange, Told = new Capture.Registers.Told(Mapping: mapping) }, null, default);
    }

    public ImportReport Import(string csv, OnChange onChange = OnChange.Stop, (DateOnly, DateOnly)? complete = null, string source = "register", bool takeErased = false)
    {
        var result = TryImport(csv, onChange, complete, source, takeErased);
        Assert.True(result.IsOk, string.Join("; ", result.Problems));
        return result.Value[0];
    }

    public void Apply(string places)
    {
        var body = new FilesBody(new Dictionary<string, byte[]> { [PackageFiles.Places] = System.Text.Encoding.UTF8.GetBytes(places) });
        Writer.Run(transaction =>
        {
            transaction.AppendStaged([ProgrammeInForce.NewEntry(EntryKinds.Places, body, null, Clock)]);
            ProgrammeInForce.Put(transaction.Session, EntryKinds.Places, transaction.Head);
            transaction.Reload();
        });
        _programme = null;
    }

    /// <summary>Denominator, numerator and missing of a measure; nothing counted is zeros.</summary>
    public (int Denominator, int Numerator, int Missing) Count(string measure, string facility, string month)
    {
        using var reader = CounterReader.Open(Store, Clock).Value;
        var index = Programme.Measures.Measures.Index().Single(m => m.Item.Id == measure).Index;
        var window = Window.Holding(WindowKind.Month, Naive.DayOf(month + "-01")!.Value);
        var counts = reader.Read(facility, window, window);
        if (counts.Count == 0) return default;
        int Of(CountKind kind) => counts[0].Counts.Total(index, kind);
        return (Of(CountKind.Denominator), Of(CountKind.Numerator), Of(CountKind.Missing));
    }

    public string FileNamed(string name) => Path.Combine(_files, name);

    public IReadOnlyList<InboxRow> Inbox()
    {
        using var session = Store.Open(writable: false);
        return InboxTable.Read(session);
    }

    public IReadOnlyList<LedgerEntry> Entries(string kind)
    {
        using var session = Store.Open(writable: false);
        return [.. LedgerReader.Entries(session, 1, Writer.Head).Where(e => e.Entry.Origin.Kind == kind)];
    }

    /// <summary>Rows and people of a facility in a window.</summary>
    public (int Rows, int People, int Queried) Seen(string facility, string window)
    {
        using var reader = CounterReader.Open(Store, Clock).Value;
        var asked = WindowText.Parse(Programme.Window, window).Value;
        var counts = reader.Read(facility, asked, asked);
        return counts.Count == 0 ? default : (counts[0].Counts.Rows, counts[0].Counts.People, counts[0].Counts.Queried);
    }

    public FacilityRecord Record(string facility)
    {
        using var reader = CounterReader.Open(Store, Clock).Value;
        return reader.Facilities()[facility];
    }

    public void AssertSound()
    {
        using (var session = Store.Open(writable: false))
        {
            session.Begin();
            var chain = ChainCheck.Walk(session, null, default);
            Assert.True(chain.Problem is null, chain.Problem?.ToString());
        }

        var differs = DerivedCheck.Run(Store, Programme, null, default);
        Assert.True(differs is null, differs?.ToString());
    }

    public void Dispose()
    {
        Writer.Dispose();
        Store.Dispose();
        _place.Dispose();
        Directory.Delete(_files, recursive: true);
    }

    private Importer Importer => new(Store, Writer, Programme, Clock, (batches, _) => Rebuild.RunWith(Store, Writer, Programme, batches, null, default));
}

/// <summary>A clock that goes on when told to.</summary>
internal sealed class SettableClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Set(DateTimeOffset now) => _now = now;

    public void Move() => Move(TimeSpan.FromSeconds(1));

    public void Move(TimeSpan by) => _now += by;
}
