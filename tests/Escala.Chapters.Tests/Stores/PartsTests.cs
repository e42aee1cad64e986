using Escala.Platform.Storage;

namespace Escala.Chapters.Tests.Stores;

public sealed class PartsTests
{
    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    /// <summary>A register with a wrong century in it is counted all the same, however many months it names.</summary>
    [Theory, MemberData(nameof(Engines))]
    public void Windows_beyond_what_has_parts_of_its_own_are_kept_too(Engine engine)
    {
        using var any = AnyStore.New(engine);
        using var store = Store.At(any.Location);
        using var session = store.Open(writable: true);
        session.InTransaction(() =>
        {
            session.Script("CREATE TABLE counts (window_number {int64} NOT NULL, facility {int64} NOT NULL, PRIMARY KEY (window_number, facility)){clustered}{by_window}");
            for (var window = -100; window < 400; window++)
            {
                session.HavePart("counts", window);
                session.Execute("INSERT INTO counts (window_number, facility) VALUES ($1, $2)", window, 7);
            }
        });
        Assert.Equal(500, session.Scalar("SELECT COUNT(*) FROM counts"));
        Assert.Equal(1, session.Scalar("SELECT COUNT(*) FROM counts WHERE window_number = $1", 399));
        session.Script("DROP TABLE counts");
    }
}
