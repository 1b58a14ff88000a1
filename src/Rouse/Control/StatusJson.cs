using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Rouse.Config.Text;
using Rouse.Server.Control;

namespace Rouse.Tools.Control;

/// <summary>
/// A daemon's status for programs. <c>format</c> is raised when a member changes its meaning. The daemon's texts are one char a byte; here
/// they are UTF-8 again, and what is none shows as U+FFFD, as in the report of <c>rouse check</c>.
/// </summary>
internal static class StatusJson
{
    /// <param name="isOneLine">While watching, so that a reader knows where each report ends.</param>
    public static byte[] Of(List<JsonElement> lines, bool isOneLine)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new() { Indented = !isOneLine }))
        {
            json.WriteStartObject();
            json.WriteNumber("format"u8, ControlRequest.Version);
            foreach (JsonElement line in lines)
            {
                if (ControlClient.Text(line, "type") == "daemon")
                {
                    json.WritePropertyName("daemon"u8);
                    Write(json, line);
                }
            }

            json.WriteStartArray("services"u8);
            foreach (JsonElement line in lines)
            {
                if (ControlClient.Text(line, "type") == "service")
                {
                    Write(json, line);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    if (member.Name is not ("version" or "type"))
                    {
                        json.WritePropertyName(member.Name);
                        Write(json, member.Value);
                    }
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (JsonElement element in value.EnumerateArray())
                {
                    Write(json, element);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(Encoding.UTF8.GetString(SourceFile.Encode(value.GetString()!)));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
