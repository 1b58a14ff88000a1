using System.Buffers;
using System.Collections.Generic;
using System.Text.Json;
using Rouse.Tools.Control;

namespace Rouse.Tools.Why;

/// <summary>The answer to a <c>why</c> as JSON: an array with an object for each service and address, which has its steps and its verdict.</summary>
internal static class WhyJson
{
    public static byte[] Of(List<JsonElement> lines)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            bool isOpen = false;
            foreach (JsonElement line in lines)
            {
                switch (ControlClient.Text(line, "type"))
                {
                    case "subject":
                        Begin(json, line);
                        isOpen = true;
                        break;
                    case "step":
                        json.WriteStartObject();
                        Copy(json, line);
                        json.WriteEndObject();
                        break;
                    case "verdict" when isOpen:
                        json.WriteEndArray();
                        Copy(json, line);
                        json.WriteEndObject();
                        isOpen = false;
                        break;
                    default:
                        break;
                }
            }

            json.WriteEndArray();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Begin(Utf8JsonWriter json, JsonElement subject)
    {
        json.WriteStartObject();
        Copy(json, subject);
        json.WriteStartArray("steps");
    }

    private static void Copy(Utf8JsonWriter json, JsonElement line)
    {
        foreach (JsonProperty member in line.EnumerateObject())
        {
            if (member.Name is not ("version" or "type"))
            {
                member.WriteTo(json);
            }
        }
    }
}
