using System.Buffers;
using System.CommandLine;
using Rouse.Access.Doctor;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
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
        Option<bool> noDoctor = new("--no-doctor")
        {
            Description = "Only what is wrong, not what is legal and yet surely not meant",
        };
        Command command = new("check", "Check a configuration and say what would run") { file, json, inetdCompat, inetd, dialect, noDoctor };
        command.SetAction(parsed =>
        {
            IConfigHost host = ThisHost.Open();
            Configuration read = parsed.GetValue(inetd) is { } inetdFile
                ? InetdLoader.Load([inetdFile], host, new InetdOptions(DialectOption.Grammar(parsed.GetValue(dialect))))
                : ConfigurationLoader.Load(parsed.GetValue(file)!, host, new LoadOptions { InetdCompat = parsed.GetValue(inetdCompat) });
            Configuration configuration = WrapperFindings.AddTo(PortsInUse.AddTo(read));
            return Report(
                parsed.GetValue(noDoctor) ? configuration : Diagnosis.Of(configuration, host, new DoctorHost()), parsed.GetValue(json));
        });
        return command;
    }

    private static int Report(Configuration configuration, bool json)
    {
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
