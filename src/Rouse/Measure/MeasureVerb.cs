using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using Rouse.Config;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Tools.Control;

namespace Rouse.Tools.Measure;

/// <summary><c>rouse measure</c>: on demand, warm, or standalone? Runs the server in each way, and says what each costs.</summary>
internal static class MeasureVerb
{
    private const int WrongUse = 2;
    private const int MostClients = 1000;

    public static Command Command()
    {
        Argument<string[]> words = new("server")
        {
            Description = "A service of the configuration; or after '--' a command that serves the connection at its standard input",
            HelpName = "SERVICE | -- COMMAND ARGS",
            Arity = ArgumentArity.ZeroOrMore,
        };
        MeasureOptions options = new();
        Command command = new("measure", "Measure what a server costs on demand, warm and standalone, and say which suits it") { words };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed, options, parsed.GetValue(words) ?? [], parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)));
        return command;
    }

    private static int Run(ParseResult parsed, MeasureOptions options, string[] words, bool isCommand)
    {
        string? from = parsed.GetValue(options.From);
        if (from is null ? words.Length == 0 || (!isCommand && words.Length > 1) : words.Length > (isCommand ? 0 : 1))
        {
            return Wrong(from is null ? "name one service, or a command after '--'" : "with --from there is nothing to run");
        }

        if (parsed.GetValue(options.Live) && (isCommand || words.Length == 0))
        {
            return Wrong("--live goes with the name of a service");
        }

        double? rate = parsed.GetValue(options.Rate);
        if (rate is <= 0)
        {
            return Wrong("--rate is above 0");
        }

        string fault;
        if (parsed.GetValue(options.Live) && (rate = LiveRate.Of(words[0], ControlClient.Path(parsed.GetValue(options.Control)), out fault)) is null)
        {
            return ControlOption.Fail(fault);
        }

        Outcome wanted = new(rate ?? 1, parsed.GetValue(options.Live), parsed.GetValue(options.Svg), parsed.GetValue(options.Json));
        if (from is not null)
        {
            return Again(from, wanted);
        }

        if (Request(parsed, options, out fault) is not { } request)
        {
            return Wrong(fault);
        }

        MeasuredServer? server = isCommand
            ? FromCommand(words, parsed.GetValue(options.User), parsed.GetValue(options.TakesListener), out fault)
            : FromService(words[0], parsed.GetValue(options.File)!, out fault);
        return server is null ? ControlOption.Fail(fault) : Run(request with { Server = server }, wanted);
    }

    private static MeasureRequest? Request(ParseResult parsed, MeasureOptions options, out string fault)
    {
        fault = "";
        if (!EscapedText.TryRead(parsed.GetValue(options.Send) ?? "", out byte[] request))
        {
            fault = @"--send: after a backslash stands r, n, t, another backslash, or x and two hexadecimal digits";
        }

        List<Way> ways = [];
        foreach (string name in (parsed.GetValue(options.Ways) ?? string.Join(',', Ways.All.Select(way => way.Name()))).Split(','))
        {
            if (Ways.TryFind(name, out Way way))
            {
                ways.Add(way);
            }
            else
            {
                fault = $"--ways: '{name}' is none of {string.Join(", ", Ways.All.Select(known => known.Name()))}";
            }
        }

        double seconds = parsed.GetValue(options.Seconds);
        int clients = parsed.GetValue(options.Clients);
        if (seconds is not (>= 0.1 and <= 600) || clients is < 1 or > MostClients)
        {
            fault = $"--seconds is from 0.1 to 600, --clients from 1 to {MostClients}";
        }

        return fault.Length > 0 ? null : new MeasureRequest
        {
            Request = request,
            KeepsOpen = parsed.GetValue(options.KeepOpen),
            ClientCommand = parsed.GetValue(options.Client) ?? "",
            StandaloneCommand = parsed.GetValue(options.Standalone) ?? "",
            Clients = clients,
            Phase = TimeSpan.FromSeconds(seconds),
            Ways = ways,
            Daemon = parsed.GetValue(options.Daemon) ?? Programs.BesideUs("roused"),
        };
    }

    private static int Run(MeasureRequest request, Outcome wanted)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/tmp/rouse-measure.{ThisProcess.Id}");
        if (Files.MakeDirectory(folder, 0x1c0) is { Ok: false } made)
        {
            return ControlOption.Fail($"{folder}: {made.Error.Describe()}");
        }

        Progress progress = new();
        Measurement measurement = new(new LinuxSystem(), request, folder, progress.Tell);
        IReadOnlyList<WayFigures> figures;
        try
        {
            figures = measurement.Run();
        }
        finally
        {
            progress.Clear();
            MeasureFolder.Remove(folder);
        }

        return figures.Count == 0
            ? ControlOption.Fail($"nothing could be measured\n{string.Join('\n', measurement.LeftOut)}")
            : Tell(request.Server.Name, figures, measurement.LeftOut, measurement.Notes, wanted);
    }

    private static int Again(string path, Outcome wanted)
    {
        SysResult read = path == "-" ? StandardStreams.ReadInput(out byte[] bytes) : Files.Read(path, out bytes);
        if (!read.Ok)
        {
            return ControlOption.Fail($"{path}: {read.Error.Describe()}");
        }

        return MeasureJson.Read(bytes, out string server) is { } figures
            ? Tell(server, figures, [], [], wanted)
            : ControlOption.Fail($"{path}: not what rouse measure --json prints");
    }

    private static int Tell(
        string server, IReadOnlyList<WayFigures> figures, IReadOnlyList<string> leftOut, IReadOnlyList<string> notes, Outcome wanted)
    {
        CostModel model = new(figures);
        MeasureReport report = new(server, model, leftOut, notes, wanted.Rate, wanted.RateIsLive, Advice.Of(model, wanted.Rate));
        int status = 0;
        if (wanted.Svg is { } svg)
        {
            SysResult drawn = Files.CreateAnew(svg, SourceFile.Encode(SvgChart.Of(new Curves(model), report.Server, report.Advice.Sentence)));
            status = drawn.Ok ? 0 : ControlOption.Fail($"{svg}: {drawn.Error.Describe()}");
        }

        bool told = StandardStreams.Write(StandardStreams.Output, wanted.Json ? MeasureJson.Of(report) : MeasureText.Of(report));
        return told ? status : ControlOption.Failed;
    }

    private static MeasuredServer? FromCommand(string[] words, string? user, bool takesListener, out string fault)
    {
        string path = words[0].Contains('/') ? ThisProcess.Absolute(words[0]) : Programs.OnPath(words[0]);
        if (path.Length == 0 || !Files.MayExecute(path).Ok)
        {
            fault = $"{words[0]}: no such program";
            return null;
        }

        if (Array.Exists(words, word => word.Length == 0 || word.AsSpan().IndexOfAny(" \t\r\n") >= 0))
        {
            fault = "an argument with a blank in it cannot stand in server_args: put the command into a script";
            return null;
        }

        user ??= Users.Find(ThisProcess.Uid)?.Name ?? ThisProcess.Uid.ToString(CultureInfo.InvariantCulture);
        fault = "";
        return MeasuredServer.Of(path, words[1..], user, takesListener);
    }

    private static MeasuredServer? FromService(string name, string file, out string fault)
    {
        if (Files.Read(file, out _) is { Ok: false } unread)
        {
            fault = $"{file}: {unread.Error.Describe()}; -f names the configuration that has the service";
            return null;
        }

        Configuration configuration = ConfigurationLoader.Load(file, ThisHost.Open(), new LoadOptions());
        ServiceDefinition? service = configuration.Services.FirstOrDefault(one => one.Id == name) ?? configuration.Services.FirstOrDefault(one => one.Name == name);
        fault = service switch
        {
            null => $"{file} has no service '{name}' that is on and without error: see rouse check -f {file}",
            { Server.Length: 0 } => $"service '{name}' has no server that could be run in another way",
            { SocketType: not SocketType.Stream } => $"service '{name}' is no stream service: only connections can be measured",
            _ => "",
        };
        return fault.Length == 0 ? MeasuredServer.Of(service!) : null;
    }

    private static int Wrong(string fault)
    {
        ControlOption.Fail(fault);
        return WrongUse;
    }

    private sealed record Outcome(double Rate, bool RateIsLive, string? Svg, bool Json);
}
