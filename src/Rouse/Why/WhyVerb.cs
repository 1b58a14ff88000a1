using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Rouse.Config;
using Rouse.Linux;
using Rouse.Server.Control;
using Rouse.Tools.Control;

namespace Rouse.Tools.Why;

/// <summary><c>rouse why</c>: would this client be served, and what decides it?</summary>
internal static class WhyVerb
{
    private const int Refused = 1;
    private const int WrongUse = 2;

    public static Command Command()
    {
        Argument<string> service = new("service") { Description = "A service's id or name", HelpName = "SERVICE" };
        Argument<string> client = new("client") { Description = "The client's address, or its name", HelpName = "CLIENT" };
        Option<string?> at = new("--at") { Description = "At this time of day, instead of now", HelpName = "HH:MM" };
        Option<string?> user = new("--user") { Description = "The client's user, for rules that ask for it", HelpName = "USER" };
        Option<string?> host = new("--host") { Description = "The client's name, instead of looking it up; unknown and paranoid too", HelpName = "NAME" };
        Option<string?> server = new("--server") { Description = "The address that the client comes to", HelpName = "ADDRESS" };
        Option<string> file = new("--file", "-f")
        {
            Description = "The configuration to read",
            HelpName = "FILE",
            DefaultValueFactory = static _ => "/etc/xinetd.conf",
        };
        Option<bool> inetdCompat = new("--inetd-compat") { Description = "Read /etc/inetd.conf too, as the daemon does with -inetd_compat" };
        Option<bool> live = new("--live") { Description = "Ask the running daemon, with its counters and sensors" };
        Option<string?> control = ControlOption.Make();
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Command command = new("why", "Say whether a client would be served, and what decides it")
        {
            service, client, at, user, host, server, file, inetdCompat, live, control, json,
        };
        command.SetAction(parsed =>
        {
            WhyRequest request = new()
            {
                ClientName = parsed.GetValue(host) ?? "",
                User = parsed.GetValue(user) ?? "unknown",
                Server = parsed.GetValue(server) ?? "",
            };
            if (parsed.GetValue(at) is { } time)
            {
                if (MinuteOf(time) is not { } minute)
                {
                    return Fail($"'{time}' is no time of day: write HH:MM", WrongUse);
                }

                request = request with { At = minute };
            }

            IWhySource? source = parsed.GetValue(live)
                ? DaemonSource.Connect(ControlClient.Path(parsed.GetValue(control)), out string fault)
                : FileSource.Load(parsed.GetValue(file)!, new LoadOptions { InetdCompat = parsed.GetValue(inetdCompat) }, out fault);
            return source is null
                ? Fail(fault, Refused)
                : Run(source, parsed.GetValue(service)!, parsed.GetValue(client)!, request, parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(IWhySource source, string service, string client, WhyRequest request, bool json)
    {
        IReadOnlyList<string> addresses = WhyFacts.AddressesOf(client, ref request);
        if (addresses.Count == 0)
        {
            return Fail($"'{client}' is no address, and no name that can be resolved", WrongUse);
        }

        List<JsonElement> lines = [];
        foreach (string address in addresses)
        {
            List<JsonElement>? answer = Ask(source, service, request with { Client = address }, out string fault);
            if (answer is null)
            {
                return Fail(fault, Refused);
            }

            lines.AddRange(answer);
        }

        if (!StandardStreams.Write(StandardStreams.Output, json ? WhyJson.Of(lines) : WhyText.Of(lines)))
        {
            return Refused;
        }

        return lines.TrueForAll(line => ControlClient.Text(line, "type") != "verdict" || line.GetProperty("allowed").GetBoolean()) ? 0 : Refused;
    }

    // What the rules want to know is found out here, where waiting holds up nobody, and asked with.
    private static List<JsonElement>? Ask(IWhySource source, string service, WhyRequest request, out string fault)
    {
        const int MostQuestions = 64;
        for (int i = 0; i < MostQuestions; i++)
        {
            List<JsonElement> lines = source.Ask(new ControlRequest("why", service) { Why = request }, out fault);
            if (fault.Length > 0)
            {
                return null;
            }

            JsonElement needs = lines.Find(line => ControlClient.Text(line, "type") == "needs");
            if (needs.ValueKind == JsonValueKind.Undefined)
            {
                return lines;
            }

            request = WhyFacts.FindOut(request, ControlClient.Text(needs, "what"), ControlClient.Text(needs, "netgroup"));
        }

        fault = "the rules ask for ever more";
        return null;
    }

    private static int? MinuteOf(string time) =>
        TimeOnly.TryParseExact(time, ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly parsed)
            ? (parsed.Hour * 60) + parsed.Minute
            : null;

    private static int Fail(string fault, int status)
    {
        ControlOption.Fail(fault);
        return status;
    }
}
