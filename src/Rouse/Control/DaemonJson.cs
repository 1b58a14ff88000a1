using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Rouse.Config.Text;

namespace Rouse.Tools.Control;

/// <summary>
/// A daemon's lines, written for programs. The daemon's texts are one char a byte; here they are UTF-8 again, and what is none shows as
/// U+FFFD, as in the report of <c>rouse check</c>. What is about the protocol is left out.
/// </summary>
internal static class DaemonJson
{
    public static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                WriteMembers(json, value);
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

    /// <summary>The members of an object, into one that is open.</summary>
    public static void WriteMembers(Utf8JsonWriter json, JsonElement value)
    {
        foreach (JsonProperty member in Members(value))
        {
            json.WritePropertyName(member.Name);
            Write(json, member.Value);
        }
    }

    /// <summary>The members that are not about the protocol.</summary>
    public static IEnumerable<JsonProperty> Members(JsonElement value)
    {
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (member.Name is not ("version" or "type"))
            {
                yield return member;
            }
        }
    }
}
