using Escala.Capture.Forms;
using Escala.Platform.Ledger;
using Escala.Registry.Accounts;
using Escala.Web.Access;
using Escala.Web.Field;
using Escala.Web.Pages;

namespace Escala.Web;

/// <summary>GET /forms/{form}/answers: the CSV of <c>escala form answers</c>, of the visitor's places.</summary>
public static class AnswersEndpoint
{
    public static IResult Read(HttpContext context, FieldServer field, string form, string? facility, string? from, string? to)
    {
        var visitor = Visitor.Of(context)!;
        var inForce = field.Sessions.Read(field.Programme.In);
        if (!inForce.TryGet(out var now)) return Refused(context, inForce.Problems[0]);
        var today = DateOnly.FromDayNumber(new LocalDays(now.Programme.Zone).On(field.Clock.Microseconds()));
        var asked = string.IsNullOrWhiteSpace(facility) ? null : facility;
        var scope = visitor.Scope(now.Programme, now.Places, asked, today);
        var filter = FormOfficePage.FilterOf(scope, string.IsNullOrWhiteSpace(from) ? null : from, string.IsNullOrWhiteSpace(to) ? null : to);
        if (!filter.TryGet(out var wanted)) return Refused(context, filter.Problems[0]);
        var filled = field.Sessions.Read(session => ExportAnswers.Read(session, form, PackageForms.InForce(now.Programme).GetValueOrDefault(form), wanted));
        field.Writer.Run(transaction => AccessLog.Add(transaction.Session, field.Clock, visitor.Account?.Id, null, "answers", asked, null, filled.Count));
        using var csv = new StringWriter();
        ExportAnswers.Write(csv, filled, field.Sessions.Read(AccountTable.Names));
        return TypedResults.File(System.Text.Encoding.UTF8.GetBytes(csv.ToString()), "text/csv; charset=utf-8", FileName(form));
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult Refused(HttpContext context, Platform.Problems.Problem problem) =>
        TypedResults.Problem(title: SiteTexts.Problems.Sentence(problem, ReaderLanguage.Of(context)), type: problem.Code, statusCode: StatusCodes.Status400BadRequest);

    private static string FileName(string form) => new string([.. form.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')]) + ".csv";
}
