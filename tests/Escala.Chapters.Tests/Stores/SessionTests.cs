using Escala.Platform.Storage;

namespace Escala.Chapters.Tests.Stores;

public sealed class SessionTests
{
    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    /// <summary>What was changed is seen by the next question, each value of a long list is asked for once, and what is rolled back never was.</summary>
    [Theory, MemberData(nameof(Engines))]
    public void A_list_of_any_length_gives_each_of_its_rows_once(Engine engine)
    {
        using var any = AnyStore.New(engine);
        using var store = Store.At(any.Location);
        using var session = store.Open(writable: true);
        session.Script("CREATE TABLE numbered (number {int64} PRIMARY KEY, kind {int64} NOT NULL)");
        session.Begin();
        for (var number = 0; number < 300; number++) session.Execute("INSERT INTO numbered (number, kind) VALUES ($1, $2)", number, number % 2);
        foreach (var length in new[] { 0, 1, 2, 4, 5, 63, 64, 65, 200 })
        {
            var found = new List<long>();
            session.QueryEach("SELECT number FROM numbered WHERE kind = $1 AND number IN {values} ORDER BY number", [.. Enumerable.Range(0, length).Select(i => (long)i)], rows => found.Add(rows.Int(0)), 1);
            Assert.Equal(Enumerable.Range(0, length).Where(i => i % 2 == 1).Select(i => (long)i), found.Order());
        }

        session.Execute("DELETE FROM numbered WHERE number > $1", 9);
        Assert.Equal(10, session.Change("UPDATE numbered SET kind = $1", 2));
        session.Commit();
        session.Begin();
        session.Execute("DELETE FROM numbered WHERE number >= $1", 0);
        session.Rollback();
        Assert.Equal(10, session.Scalar("SELECT COUNT(*) FROM numbered"));
        session.Script("DROP TABLE numbered");
    }

    /// <summary>An engine that takes changes together tells of one that cannot be before it says that all are kept.</summary>
    [Theory, MemberData(nameof(Engines))]
    public void What_cannot_be_stored_is_never_committed(Engine engine)
    {
        using var any = AnyStore.New(engine);
        using var store = Store.At(any.Location);
        using var session = store.Open(writable: true);
        session.Script("CREATE TABLE numbered (number {int64} PRIMARY KEY)");
        Assert.Throws<StoreFailure>(() => session.InTransaction(() =>
        {
            session.Execute("INSERT INTO numbered (number) VALUES ($1)", 1);
            session.Execute("INSERT INTO numbered (number) VALUES ($1)", 1);
        }));
        Assert.Equal(0, session.Scalar("SELECT COUNT(*) FROM numbered"));
        session.Script("DROP TABLE numbered");
    }
}
