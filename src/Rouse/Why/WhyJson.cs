using System.Buffers;
using System.Collections.Generic;
using System.Text.Json;
using Rouse.Server.Control;
using Rouse.Tools.Control;

namespace Rouse.Tools.Why;

/// <summary>
/// The answer to a <c>why</c> for programs: an object for each service of that name and address of that client, with its steps and its verdict.
/// <c>format</c> is raised when a member changes its meaning.
/// </summary>
internal static class WhyJson
{
    public static byte[] Of(List<JsonElement> lines)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format"u8, ControlRequest.Version);
            json.WriteStartArray("answers"u8);
            foreach (JsonElement line in lines)
            {
                switch (ControlClient.Text(line, "type"))
                {
                    case "subject":
                        json.WriteStartObject();
                        DaemonJson.WriteMembers(json, line);
                        json.WriteStartArray("steps"u8);
                        break;
                    case "step":
                        DaemonJson.Write(json, line);
                        break;
                    case "verdict":
                        json.WriteEndArray();
                        DaemonJson.WriteMembers(json, line);
                        json.WriteEndObject();
                        break;
                    default:
                        break;
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }
}
