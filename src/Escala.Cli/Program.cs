using System.CommandLine;
using System.Text;
using Escala.Cli.Accounts;
using Escala.Cli.Cascades;
using Escala.Cli.Economics;
using Escala.Cli.Forms;
using Escala.Cli.HandOver;
using Escala.Cli.Programmes;
using Escala.Cli.Services;
using Escala.Cli.Site;
using Escala.Cli.Statistics;
using Escala.Cli.Stores;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var root = new RootCommand("Escala runs the scale-up of a health intervention and shows whether it worked.")
{
    Terminal.Store,
    Terminal.Lang,
    InitCommand.Create(),
    InitCommand.CreateProgramme(),
    InitCommand.CreatePlaces(),
    ImportCommand.Create(),
    MappingCommand.Create(),
    InboxCommand.Create(),
    QueriesCommand.Create(),
    PeopleCommand.Create(),
    DeclareCommand.Create(),
    CascadeCommand.Create(OpenStore.Sheets),
    MeasuresCommand.Create(OpenStore.ProgrammeOf),
    DemoCommand.Create(),
    ServeCommand.Create(),
    ServiceCommand.Create(),
    AccountCommands.Create(),
    DeviceCommands.Create(),
    CardsCommand.Create(),
    CertificateCommand.Create(),
    PowerCommand.Create(),
    AllocateCommand.Create(),
    DesignCommand.Create(),
    TestCommand.Create(),
    AgreeCommand.Create(),
    QualityCommand.Create(),
    RiskCommand.Create(),
    SimulateCommand.Create(),
    FitCommand.Create(),
    ModelCommand.Create(),
    CeaCommand.Create(),
    ValidateCommand.Create(),
    FormCommand.Create(),
};
foreach (var command in LedgerCommands.Create()) root.Add(command);
NumberOptions.ReadStrictly(root);
ServeCommand.Root = root;
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0) return await parsed.InvokeAsync();
if (!Terminal.Speak(parsed)) return 2;
return CommandClient.TryRun(parsed, args, Terminal.Location(parsed)) ?? await parsed.InvokeAsync();
