namespace Escala.Fuzz.Targets;

internal static class All
{
    public static IReadOnlyList<Target> Targets { get; } =
    [
        new RegisterTarget(), new ClassifierTarget(), new WorkbookTarget(), new YamlTarget(), new PackageTarget(), new MappingTarget(), new FormTarget(), new FormWorkbookTarget(), new ExpressionTarget(),
        new PatternTarget(), new BatchTarget(), new FormulaTarget(), new ModelTarget(), new PlacesTarget(), new OrganisationUnitsTarget(), new AnswersTarget(),
    ];
}
