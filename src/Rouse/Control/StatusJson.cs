using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Rouse.Server.Control;
using Rouse.Tools.Processes;

namespace Rouse.Tools.Control;

/// <summary>
/// A daemon's status for programs. <c>format</c> is raised when a member changes its meaning.
/// </summary>
internal static class StatusJson
{
    /// <param name="isOneLine">While watching, so that a reader knows where each report ends.</param>
    public static byte[] Of(List<JsonElement> lines, bool isOneLine)
    {
        ArrayBufferWriter<byte> bytes = new();
        ProcessTree processes = new();
        using (Utf8JsonWriter json = new(bytes, new() { Indented = !isOneLine }))
        {
            json.WriteStartObject();
            json.WriteNumber("format"u8, ControlRequest.Version);
            foreach (JsonElement line in lines)
            {
                if (ControlClient.Text(line, "type") == "daemon")
                {
                    json.WritePropertyName("daemon"u8);
                    DaemonJson.Write(json, line);
                }
            }

            json.WriteStartArray("services"u8);
            foreach (JsonElement line in lines)
            {
                if (ControlClient.Text(line, "type") == "service")
                {
                    WriteService(json, line, processes);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    // The daemon tells which processes wait; what they hold is read here.
    private static void WriteService(Utf8JsonWriter json, JsonElement service, ProcessTree processes)
    {
        json.WriteStartObject();
        foreach (JsonProperty member in DaemonJson.Members(service))
        {
            json.WritePropertyName(member.Name);
            if (!WaitingServers.IsOne(member.Name) || WaitingServers.Of(service) is not { } waiting)
            {
                DaemonJson.Write(json, member.Value);
                continue;
            }

            json.WriteStartObject();
            DaemonJson.WriteMembers(json, waiting.Said);
            json.WritePropertyName("memoryKiB"u8);
            json.WriteRawValue(waiting.Memory(processes).Kib?.ToString(CultureInfo.InvariantCulture) ?? "null");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
