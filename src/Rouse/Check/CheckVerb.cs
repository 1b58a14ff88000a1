using System.Buffers;
using System.CommandLine;
using Rouse.Access.Doctor;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Linux;

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
        Option<bool> noDoctor = new("--no-doctor")
        {
            Description = "Only what is wrong, not what is legal and yet surely not meant",
        };
        Command command = new("check", "Check a configuration and say what would run") { file, json, inetdCompat, noDoctor };
        command.SetAction(parsed => Run(
            parsed.GetValue(file)!,
            new LoadOptions { InetdCompat = parsed.GetValue(inetdCompat) },
            parsed.GetValue(json),
            !parsed.GetValue(noDoctor)));
        return command;
    }

    private static int Run(string file, LoadOptions options, bool json, bool withDoctor)
    {
        IConfigHost host = ThisHost.Open();
        Configuration configuration = PortsInUse.AddTo(ConfigurationLoader.Load(file, host, options));
        configuration = withDoctor ? Diagnosis.Of(configuration, host, new DoctorHost()) : configuration;
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
