using System.Net;
using Escala.Chapters.Tests.Exchange;
using Escala.Chapters.Tests.Stores;
using Escala.Registry.Accounts;

namespace Escala.Chapters.Tests.Web;

/// <summary>Who is in and asks for what is not theirs is told so on a page, and where their own lies; a session lives while it is used.</summary>
public sealed class ClosedPageTests
{
    [Theory, InlineData("pt", "Este lugar não está entre"), InlineData("es", "Este lugar no está entre"), InlineData("en", "not among those of your account")]
    public async Task A_place_of_others_is_refused_in_words_with_the_way_to_ones_own(string language, string words)
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("rita", Role.Supervisor, "D2");
        site.Store.Import(Stores.Register.Csv([new Visit("a", "F1", "2025-11-03"), new Visit("b", "F3", "2025-11-03")]));
        var rita = await site.Office("rita");
        var (status, html) = await rita.Get("/sheet/F1?lang=" + language);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
        Assert.Contains(words, html, StringComparison.Ordinal);
        Assert.Contains("/sheet/F3", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/sheet/F1\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_not_is_refused_on_a_page_and_a_program_in_a_line()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("leo", Role.Coder, "D2");
        var leo = await site.Office("leo");
        var (status, html) = await leo.Get("/sheet/F1?lang=en");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("Your account may not see this page", html, StringComparison.Ordinal);
        Assert.Contains("/sign-out", html, StringComparison.Ordinal);
        var (line, text) = await leo.Get("/api/cascade?facility=F1");
        Assert.Equal(HttpStatusCode.Forbidden, line);
        Assert.DoesNotContain("<html", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await leo.Post("/accounts", ("place", "F1"))).Status);
    }

    [Fact]
    public async Task A_session_at_the_office_lives_while_it_is_used_and_what_has_died_is_removed()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("rita", Role.Administrator);
        var rita = await site.Office("rita");
        var idle = await site.Office("rita");
        for (var day = 0; day < 60; day += 12)
        {
            site.Store.Clock.Move(TimeSpan.FromDays(12));
            Assert.Equal(HttpStatusCode.OK, (await rita.Get("/measures")).Status);
        }

        Assert.Equal(HttpStatusCode.Redirect, (await idle.Get("/measures")).Status);
        site.Store.Clock.Move(TimeSpan.FromDays(15));
        Assert.Equal(HttpStatusCode.Redirect, (await rita.Get("/measures")).Status);
        await site.Office("rita");
        using var session = site.Store.Store.Open(writable: false);
        Assert.Equal(1, session.Scalar("SELECT COUNT(*) FROM token"));
    }
}
