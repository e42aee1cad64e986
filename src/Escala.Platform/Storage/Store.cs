using System.Globalization;
using System.Reflection;
using Escala.Platform.Problems;
using Npgsql;

namespace Escala.Platform.Storage;

/// <summary>
/// Where a programme's ledger lies: a folder with an embedded SQLite file, or a PostgreSQL database. Any number of processes read; exactly one
/// holds the lease and writes.
/// </summary>
public abstract class Store : IDisposable
{
    /// <summary>Version of the ledger's tables; a store of a later one is refused.</summary>
    public const int Version = 2;

    /// <summary>As the user wrote it, without a password.</summary>
    public abstract string Location { get; }

    /// <summary>Where rows may lie for the length of one work: on the store's own disk where it is a folder, so that patients' data do not leave it.</summary>
    public abstract string WorkFolder { get; }

    /// <summary>A new connection. Writers see to it themselves that they hold the <see cref="Lease"/>.</summary>
    public abstract Session Open(bool writable);

    /// <summary>The only way to write. Refused with a problem while another process holds it.</summary>
    public abstract Result<Lease> TakeLease();

    public abstract bool Exists { get; }

    public abstract void Dispose();

    /// <summary>A connection string ("Host=…") is PostgreSQL; everything else a folder.</summary>
    public static Store At(string location) => IsPostgres(location) ? new PostgresStore(location) : new SqliteStore(location);

    /// <summary>The same for two ways to write the same place, whoever asks and from where: a folder in full, or host, port and database.</summary>
    public static string IdentityOf(string location)
    {
        if (!IsPostgres(location)) return Path.GetFullPath(location);
        var connection = new NpgsqlConnectionStringBuilder(location);
        return string.Create(CultureInfo.InvariantCulture, $"{connection.Host}:{connection.Port}/{connection.Database ?? connection.Username}");
    }

    /// <summary>A connection string that says its password, in whatever word.</summary>
    public static bool HasPassword(string location) => IsPostgres(location) && new NpgsqlConnectionStringBuilder(location).Password is { Length: > 0 };

    public static bool IsPostgres(string location) => location.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    /// <summary>Creates the ledger's tables in an empty store.</summary>
    public Result<Store> Create(TimeProvider clock) => Create(clock, _ => { });

    /// <summary>Creates the ledger's tables with what else belongs to the same transaction.</summary>
    internal Result<Store> Create(TimeProvider clock, Action<Session> also)
    {
        using var session = Open(writable: true);
        if (session.TableExists("store_info")) return Problem.Of("platform.store.exists", ("store", Location));
        session.InTransaction(() =>
        {
            session.Script(ScriptOf(typeof(Store).Assembly, "ledger.sql"));
            session.Script(ScriptOf(typeof(Store).Assembly, "version-2.sql"));
            SetInfo(session, "version", Version.ToString(CultureInfo.InvariantCulture));
            SetInfo(session, "epoch", Guid.CreateVersion7(clock.GetUtcNow()).ToString());
            SetInfo(session, "writer", "0");
            also(session);
        });
        return this;
    }

    /// <summary>Opens for reading and refuses what this version cannot read, and what a restore has not finished.</summary>
    public Result<Session> Read()
    {
        var read = ReadEarlier();
        if (!read.TryGet(out var session) || Info(session, "version") == Version.ToString(CultureInfo.InvariantCulture)) return read;
        session.Dispose();
        return Problem.Of("platform.store.earlier", ("store", Location));
    }

    /// <summary>As <see cref="Read"/>, but also a store of an earlier version, which has what it lacks once its lease is taken.</summary>
    public Result<Session> ReadEarlier()
    {
        var read = ReadUnfinished();
        if (!read.TryGet(out var session) || Info(session, Backup.Unfinished) is null) return read;
        session.Dispose();
        return Problem.Of("platform.store.unfinished", ("store", Location));
    }

    /// <summary>As <see cref="ReadEarlier"/>, but also while a restore is on its way.</summary>
    public Result<Session> ReadUnfinished()
    {
        if (!Exists) return Problem.Of("platform.store.missing", ("store", Location));
        var session = Open(writable: false);
        if (!session.TableExists("store_info"))
        {
            session.Dispose();
            return Problem.Of("platform.store.missing", ("store", Location));
        }

        if (int.TryParse(Info(session, "version"), CultureInfo.InvariantCulture, out var version) && version <= Version) return session;
        session.Dispose();
        if (version == 0) return Problem.Of("platform.store.damaged", ("message", "store_info"));
        return Problem.Of("platform.store.newer", ("store", Location), ("version", version), ("known", Version));
    }

    public static string? Info(Session session, string name) => session.Text("SELECT value FROM store_info WHERE name = $1", name);

    public static void SetInfo(Session session, string name, string value) =>
        session.Execute("INSERT INTO store_info (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value);

    public static string ScriptOf(Assembly chapter, string file)
    {
        var name = chapter.GetManifestResourceNames().Single(n => n.EndsWith("." + file, StringComparison.Ordinal));
        using var reader = new StreamReader(chapter.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// Raises the fencing token, so that a writer that lost its lease without noticing cannot commit any more, and gives a store of an earlier
    /// version the tables that it lacks.
    /// </summary>
    private protected static long RaiseToken(Session session)
    {
        long token = 0;
        session.InTransaction(() =>
        {
            var isEarlier = Info(session, "version") != Version.ToString(CultureInfo.InvariantCulture);
            if (isEarlier) session.Script(ScriptOf(typeof(Store).Assembly, "from-version-1.sql"));
            // What came to version 2 last is its mark: a store may be of a day before.
            if (isEarlier || !session.TableExists("settled_entry"))
            {
                session.Script(ScriptOf(typeof(Store).Assembly, "version-2.sql"));
                SetInfo(session, "version", Version.ToString(CultureInfo.InvariantCulture));
            }

            token = long.Parse(Info(session, "writer")!, CultureInfo.InvariantCulture) + 1;
            SetInfo(session, "writer", token.ToString(CultureInfo.InvariantCulture));
        });
        return token;
    }
}

/// <summary>The right to write, for as long as it is not disposed, and the connection to do it on.</summary>
public sealed class Lease : IDisposable
{
    private readonly Func<Session> _open;
    private readonly IDisposable _held;

    internal Lease(Session session, long token, Func<Session> open, IDisposable held) => (Session, Token, _open, _held) = (session, token, open, held);

    public Session Session { get; private set; }

    public long Token { get; }

    /// <summary>Called in every transaction that writes.</summary>
    public void Check()
    {
        var token = Store.Info(Session, "writer");
        if (token != Token.ToString(CultureInfo.InvariantCulture)) throw new StoreFailure(Problem.Of("platform.store.lease-lost"));
    }

    /// <summary>A fresh connection, after one that cannot be trusted. Tried again until it succeeds.</summary>
    public void Reopen()
    {
        Session.Dispose();
        Session = _open();
    }

    public void Dispose()
    {
        Session.Dispose();
        _held.Dispose();
    }
}

internal sealed class SqliteStore(string location) : Store
{
    private readonly string _folder = Path.GetFullPath(location);

    private string File => Path.Combine(_folder, "store.db");

    public override string Location => location;

    public override string WorkFolder => _folder;

    public override bool Exists => System.IO.File.Exists(File);

    public override Session Open(bool writable)
    {
        if (writable && !Directory.Exists(_folder))
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_folder);
            else Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new SqliteSession(File, writable, cacheMegabytes: writable ? 64 : 16);
    }

    public override Result<Lease> TakeLease()
    {
        if (!Exists) return Problem.Of("platform.store.missing", ("store", Location));
        FileStream held;
        try
        {
            // The operating system lets go of it however the process ends.
            held = new FileStream(Path.Combine(_folder, "writer.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return Problem.Of("platform.store.has-writer", ("store", Location));
        }

        try
        {
            var session = Open(writable: true);
            return new Lease(session, RaiseToken(session), () => Open(writable: true), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public override void Dispose()
    {
    }
}

internal sealed class PostgresStore : Store
{
    private readonly NpgsqlDataSource _source;

    public PostgresStore(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2, IncludeErrorDetail = false };
        // Our statements are many and short, and who reads much reads on several connections: a plan that is compiled, or that starts workers of its own, costs
        // more than the statement. What the operator says of it stands.
        if (string.IsNullOrEmpty(builder.Options)) builder.Options = "-c jit=off -c max_parallel_workers_per_gather=0";
        _source = new NpgsqlDataSourceBuilder(builder.ConnectionString).Build();
        Location = new NpgsqlConnectionStringBuilder(connection) { Password = null }.ConnectionString;
    }

    public override string Location { get; }

    public override string WorkFolder => Path.GetTempPath();

    public override bool Exists => true;

    public override Session Open(bool writable) => new PostgresSession(_source, writable);

    public override Result<Lease> TakeLease()
    {
        var holder = new PostgresSession(_source, writable: true);
        if (!holder.TableExists("store_info"))
        {
            holder.Dispose();
            return Problem.Of("platform.store.missing", ("store", Location));
        }

        if (!holder.TryLock(0x45_73_63_61_6c_61))
        {
            holder.Dispose();
            return Problem.Of("platform.store.has-writer", ("store", Location));
        }

        return new Lease(Open(writable: true), RaiseToken(holder), () => Open(writable: true), holder);
    }

    public override void Dispose() => _source.Dispose();
}
