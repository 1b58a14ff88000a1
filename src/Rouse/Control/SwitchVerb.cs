using System.Buffers;
using System.Collections.Generic;
using System.CommandLine;
using System.Text.Json;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Control;

namespace Rouse.Tools.Control;

/// <summary>
/// <c>rouse enable</c> and <c>rouse disable</c>: open or close what a service listens on, until the daemon's next reload. No file is changed.
/// </summary>
internal static class SwitchVerb
{
    public static Command Enable() => Command("enable", "Have the daemon open a service that is off, until its next reload");

    public static Command Disable() => Command("disable", "Have the daemon close a service, until its next reload; its servers run on");

    private static Command Command(string verb, string description)
    {
        Argument<string> service = new("service") { Description = "A service's id, or a name: every service of that name", HelpName = "SERVICE" };
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Option<string?> control = ControlOption.Make();
        Command command = new(verb, description) { service, json, control };
        command.SetAction(parsed => Run(verb, parsed.GetValue(service)!, parsed.GetValue(json), ControlClient.Path(parsed.GetValue(control))));
        return command;
    }

    private static int Run(string verb, string service, bool json, string path)
    {
        ControlClient? daemon = ControlClient.Connect(path, isPatient: true, out string fault);
        if (daemon is null)
        {
            return ControlOption.Fail(fault);
        }

        List<JsonElement> lines = daemon.Ask(new ControlRequest(verb, service), out fault);
        if (json)
        {
            StandardStreams.Write(StandardStreams.Output, Json(lines, fault));
        }
        else
        {
            foreach (JsonElement line in lines)
            {
                if (ControlClient.Text(line, "type") == "finding")
                {
                    StandardStreams.Write(StandardStreams.Error, SourceFile.Encode(ControlClient.Text(line, "text") + "\n"));
                }
                else if (SwitchedService.Of(line) is { } switched)
                {
                    StandardStreams.Write(StandardStreams.Output, SourceFile.Encode(switched.Sentence + "\n"));
                }
            }
        }

        return fault.Length == 0 ? 0 : ControlOption.Fail(fault);
    }

    private static byte[] Json(List<JsonElement> lines, string fault)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format"u8, ControlRequest.Version);
            WriteAll(json, "services", lines, "switched");
            WriteAll(json, "findings", lines, "finding");
            json.WriteBoolean("ok"u8, fault.Length == 0);
            json.WriteString("error"u8, System.Text.Encoding.UTF8.GetString(SourceFile.Encode(fault)));
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteAll(Utf8JsonWriter json, string name, List<JsonElement> lines, string type)
    {
        json.WriteStartArray(name);
        foreach (JsonElement line in lines)
        {
            if (ControlClient.Text(line, "type") == type)
            {
                DaemonJson.Write(json, line);
            }
        }

        json.WriteEndArray();
    }
}
