using System.Globalization;
using System.Text;

namespace Escala.Chapters.Tests.Stores;

/// <summary>One visit as a clerk would write it. Pressures are pairs in order, "152/94 142/88"; an empty text is not recorded.</summary>
internal sealed record Visit(string Person, string Facility, string Day)
{
    public string Born { get; init; } = "";

    public string Sex { get; init; } = "";

    public string Pressure { get; init; } = "";

    public string Diagnosed { get; init; } = "";

    public string Prescribed { get; init; } = "";

    public string Days { get; init; } = "";

    public string ViralLoad { get; init; } = "";

    public string Next { get; init; } = "";

    public int DayNumber => Naive.DayOf(Day)!.Value;
}

/// <summary>The canonical register of the first programme, as text.</summary>
internal static class Register
{
    public const string Header =
        "patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1,sbp_2,dbp_2,sbp_3,dbp_3,hypertension_diagnosed,antihypertensive_prescribed,dispensed_days,viral_load,art_start_date,next_visit_date";

    public static string Csv(IEnumerable<Visit> visits)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var visit in visits) text.Append(Line(visit)).Append('\n');
        return text.ToString();
    }

    public static string Line(Visit visit)
    {
        var parts = visit.Pressure.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(p => p.Split('/')).ToList();
        while (parts.Count < 6) parts.Add("");
        return string.Join(',', [visit.Person, visit.Facility, visit.Day, visit.Sex, visit.Born, .. parts, visit.Diagnosed, visit.Prescribed, visit.Days, visit.ViralLoad, "", visit.Next]);
    }

    /// <summary>Places of one district: the facilities named.</summary>
    public static string Places(IEnumerable<string> facilities, string district = "D1") =>
        "code,name,level,parent_code,latitude,longitude,opened,closed\nP1,P1,province,,,,,\nD1,D1,district,P1,,,,\nD2,D2,district,P1,,,,\n"
        + string.Concat(facilities.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f},{f},facility,{district},,,,\n")));
}
