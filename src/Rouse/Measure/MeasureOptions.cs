using System.CommandLine;
using Rouse.Tools.Control;

namespace Rouse.Tools.Measure;

/// <summary>The options of <c>rouse measure</c>.</summary>
internal sealed class MeasureOptions
{
    public Option<string> File { get; } = new("--file", "-f")
    {
        Description = "The configuration that has the service",
        HelpName = "FILE",
        DefaultValueFactory = static _ => "/etc/xinetd.conf",
    };

    public Option<string?> Standalone { get; } = new("--standalone")
    {
        Description = "Its own standalone mode, for sh -c: {port} is the port to listen at on 127.0.0.1",
        HelpName = "COMMAND",
    };

    public Option<string?> Send { get; } = new("--send") { Description = @"What a client sends: \r, \n, \t, \\ and \xHH are understood", HelpName = "TEXT" };

    public Option<bool> KeepOpen { get; } = new("--keep-open")
    {
        Description = "The client does not say that it has sent all, and closes when it has an answer",
    };

    public Option<string?> Client { get; } = new("--client")
    {
        Description = "A client for sh -c, instead of our own: {port} is the port to connect to",
        HelpName = "COMMAND",
    };

    public Option<double?> Rate { get; } = new("--rate") { Description = "Connections a second that the advice is for (default: 1)", HelpName = "N" };

    public Option<bool> Live { get; } = new("--live") { Description = "Take the rate that the running daemon sees for the service" };

    public Option<string?> Control { get; } = ControlOption.Make();

    public Option<int> Clients { get; } = new("--clients")
    {
        Description = "So many at a time, where as many as possible are to be served",
        HelpName = "N",
        DefaultValueFactory = static _ => 8,
    };

    public Option<double> Seconds { get; } = new("--seconds")
    {
        Description = "How long each part is measured",
        HelpName = "S",
        DefaultValueFactory = static _ => 2,
    };

    public Option<string?> Ways { get; } = new("--ways") { Description = "Only these of cold,warm,shared,resident,standalone", HelpName = "LIST" };

    public Option<string?> User { get; } = new("--user") { Description = "Who runs the command (default: you)", HelpName = "USER" };

    public Option<bool> TakesListener { get; } = new("--wait") { Description = "The command takes the listening socket (wait = yes)" };

    public Option<string?> Daemon { get; } = new("--daemon") { Description = "The super-server's program, if it is another one", HelpName = "PATH" };

    public Option<string?> From { get; } = new("--from")
    {
        Description = "Measure nothing: advise from what was printed with --json before; - for standard input",
        HelpName = "FILE",
    };

    public Option<string?> Svg { get; } = new("--svg") { Description = "Draw the curves into a file", HelpName = "FILE" };

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[File, Standalone, Send, KeepOpen, Client, Rate, Live, Control, Clients, Seconds, Ways, User, TakesListener, Daemon, From, Svg, Json])
        {
            command.Options.Add(option);
        }
    }
}
