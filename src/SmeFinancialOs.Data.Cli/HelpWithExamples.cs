using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SmeFinancialOs.Data.Cli;

/// <summary>What System.CommandLine says, and how the command is used.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    internal static void AddTo(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExamples((HelpAction)option.Action!);
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var status = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ToolCommand command)
            parseResult.InvocationConfiguration.Output.WriteLine("Examples:\n" + command.Examples + "\n\n" + ExitCode.Help);
        return status;
    }
}
