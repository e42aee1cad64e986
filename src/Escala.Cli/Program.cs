using System.CommandLine;
using System.Text;
using Escala.Cli.Economics;
using Escala.Cli.Programmes;
using Escala.Cli.Statistics;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var root = new RootCommand("Escala runs the scale-up of a health intervention and shows whether it worked.")
{
    PowerCommand.Create(),
    RiskCommand.Create(),
    SimulateCommand.Create(),
    FitCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
