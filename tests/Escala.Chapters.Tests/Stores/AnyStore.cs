using Npgsql;

namespace Escala.Chapters.Tests.Stores;

public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>A place for a store of its own: a temporary folder, or a new database on the server that ESCALA_TEST_POSTGRES names.</summary>
internal sealed class AnyStore : IDisposable
{
    private readonly string? _folder;
    private readonly string? _database;

    private AnyStore(string location, string? folder, string? database) => (Location, _folder, _database) = (location, folder, database);

    public static IEnumerable<TheoryDataRow<Engine>> Engines =>
    [
        new TheoryDataRow<Engine>(Engine.Sqlite),
        new TheoryDataRow<Engine>(Engine.Postgres) { Traits = { ["Speed"] = ["Slow"] } },
    ];

    public string Location { get; }

    private static string? Server => Environment.GetEnvironmentVariable("ESCALA_TEST_POSTGRES");

    public static AnyStore New(Engine engine)
    {
        if (engine == Engine.Sqlite)
        {
            // Histories are many and small: memory spares the disk, and fsync is tested elsewhere.
            var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
            var folder = Path.Combine(root, "escala-test-" + Path.GetRandomFileName());
            return new AnyStore(folder, folder, null);
        }

        Assert.SkipWhen(Server is null, "ESCALA_TEST_POSTGRES is not set: ./test starts a server and sets it");
        var database = "t" + Guid.CreateVersion7().ToString("N");
        OnServer($"CREATE DATABASE {database}");
        var connection = new NpgsqlConnectionStringBuilder(Server!) { Database = database, Pooling = false };
        return new AnyStore(connection.ConnectionString, null, database);
    }

    public void Dispose()
    {
        if (_folder is not null && Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        if (_database is not null) OnServer($"DROP DATABASE {_database} WITH (FORCE)");
    }

    private static void OnServer(string sql)
    {
        using var connection = new NpgsqlConnection(Server);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
