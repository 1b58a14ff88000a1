using System.CommandLine;
using System.Linq;
using Rouse.Linux;
using Rouse.Tools.Check;
using Rouse.Tools.Control;
using Rouse.Tools.Convert;
using Rouse.Tools.Measure;
using Rouse.Tools.Services;
using Rouse.Tools.Why;

namespace Rouse.Tools;

/// <summary>The verbs of <c>rouse</c> itself. Exit codes: 0 done, 1 no or failed, 2 wrong use.</summary>
internal static class Verbs
{
    private const int WrongUse = 2;

    public static int Run(string[] arguments)
    {
        Option<bool> version = new("--version") { Description = "Print the version and exit" };
        RootCommand root = new("Rouse keeps every port answered while nothing runs until it is needed.")
        {
            CheckVerb.Command(), WhyVerb.Command(), ConvertVerb.Command(), StatusVerb.Command(), ServicesVerb.Command(), ReloadVerb.Command(),
            SwitchVerb.Enable(), SwitchVerb.Disable(), StopVerb.Command(), MeasureVerb.Command(),
        };
        for (int i = root.Options.Count - 1; i >= 0; i--)
        {
            if (root.Options[i] is VersionOption)
            {
                root.Options.RemoveAt(i);
            }
        }

        root.Options.Add(version);
        root.SetAction(parsed => parsed.GetValue(version) ? PrintVersion() : PrintHelp(root));
        ParseResult result = root.Parse(arguments);
        using StandardStreamWriter output = new(StandardStreams.Output);
        using StandardStreamWriter error = new(StandardStreams.Error);
        if (result.Errors.Count == 0)
        {
            return result.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }

        foreach (string fault in result.Errors.Select(static fault => fault.Message).Distinct())
        {
            error.Write($"rouse: {fault}\n");
        }

        string verb = result.CommandResult.Command is RootCommand ? "" : result.CommandResult.Command.Name + " ";
        error.Write($"Try 'rouse {verb}--help'.\n");
        return WrongUse;
    }

    private static int PrintVersion()
    {
        StandardStreams.Write(StandardStreams.Output, $"rouse {typeof(Verbs).Assembly.GetName().Version?.ToString(3)}\n");
        return 0;
    }

    /// <summary>Without a verb: the help, as an error.</summary>
    private static int PrintHelp(RootCommand root)
    {
        using StandardStreamWriter error = new(StandardStreams.Error);
        root.Parse(["--help"]).Invoke(new() { Output = error, Error = error });
        return WrongUse;
    }
}
