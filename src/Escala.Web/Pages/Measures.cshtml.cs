using Escala.Cascades.Sheets;

namespace Escala.Web.Pages;

/// <summary>Every definition, with its text and what the package says.</summary>
public sealed class MeasuresPage(SheetReader reader) : SitePage(reader);
