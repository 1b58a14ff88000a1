using System.Buffers;
using System.CommandLine;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Inetd;
using Rouse.Linux;
using Rouse.Tools.Convert;

namespace Rouse.Tools.Check;

/// <summary><c>rouse check</c>: reads a configuration as the daemon would and tells everything that is wrong with it.</summary>
internal static class CheckVerb
{
    public static Command Command()
    {
        Option<string> file = new("--file", "-f")
        {
            Description = "The configuration to read",
            HelpName = "FILE",
            DefaultValueFactory = static _ => "/etc/xinetd.conf",
        };
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Option<bool> inetdCompat = new("--inetd-compat") { Description = "Read /etc/inetd.conf too, as the daemon does with -inetd_compat" };
        Option<string> inetd = new("--inetd") { Description = "Check this inetd.conf, as the inetd personality reads it", HelpName = "FILE" };
        Option<string> dialect = DialectOption.New();
        Command command = new("check", "Check a configuration and say what would run") { file, json, inetdCompat, inetd, dialect };
        command.SetAction(parsed => Run(
            parsed.GetValue(inetd) is { } inetdFile
                ? InetdLoader.Load([inetdFile], ThisHost.Open(), new InetdOptions(DialectOption.Grammar(parsed.GetValue(dialect))))
                : ConfigurationLoader.Load(
                    parsed.GetValue(file)!, ThisHost.Open(), new LoadOptions { InetdCompat = parsed.GetValue(inetdCompat) }),
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(Configuration read, bool json)
    {
        Configuration configuration = PortsInUse.AddTo(read);
        ArrayBufferWriter<byte> report = new();
        if (json)
        {
            JsonReport.Write(configuration, report);
        }
        else
        {
            TextReport.Write(configuration, report);
        }

        StandardStreams.Write(StandardStreams.Output, report.WrittenSpan);
        return HasError(configuration) ? 1 : 0;
    }

    private static bool HasError(Configuration configuration)
    {
        foreach (Diagnostic diagnostic in configuration.Diagnostics)
        {
            if (diagnostic.Severity == Severity.Error)
            {
                return true;
            }
        }

        return false;
    }
}
