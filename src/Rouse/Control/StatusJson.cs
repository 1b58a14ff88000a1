using System.Buffers;
using System.Collections.Generic;
using System.Text.Json;
using Rouse.Server.Control;

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
                    DaemonJson.Write(json, line);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }
}
