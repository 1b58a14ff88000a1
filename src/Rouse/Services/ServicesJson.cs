using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Rouse.Config.Text;
using Rouse.Tools.Control;

namespace Rouse.Tools.Services;

/// <summary>
/// The services for programs: each has all members, with null for what is not known. <c>format</c> is raised when a member changes its
/// meaning. What is no UTF-8 shows as U+FFFD.
/// </summary>
internal static class ServicesJson
{
    private const int Format = 1;

    public static byte[] Of(IReadOnlyList<ServiceRow> rows, IReadOnlyList<string> findings, string root, bool daemonAnswers)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format"u8, Format);
            json.WriteString("root"u8, Utf8(root));
            json.WriteBoolean("daemonAnswers"u8, daemonAnswers);
            json.WriteStartArray("services"u8);
            foreach (ServiceRow row in rows)
            {
                Write(json, row);
            }

            json.WriteEndArray();
            WriteStrings(json, "findings", findings);
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ServiceRow row)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, Utf8(row.Name));
        json.WriteString("kind"u8, row.Kind);
        WriteText(json, "file", row.File);
        json.WriteBoolean("on"u8, row.IsOn);
        json.WritePropertyName("levels"u8);
        if (row.OnIn is { } levels)
        {
            json.WriteStartArray();
            foreach (int level in levels.Each())
            {
                json.WriteNumberValue(level);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteNullValue();
        }

        WriteText(json, "start", row.Start);
        WriteStrings(json, "listens", row.Listens);
        WriteText(json, "state", row.State);
        json.WriteNumber("live"u8, row.Live);
        json.WriteStartArray("pids"u8);
        foreach (int pid in row.Pids)
        {
            json.WriteNumberValue(pid);
        }

        json.WriteEndArray();
        WriteNumber(json, "memoryKiB", row.Memory?.Kib);
        WriteNumber(json, "last", row.Last);
        WriteNumber(json, "parked", Sum(row, static servers => servers.Parked));
        WriteNumber(json, "hits", Sum(row, static servers => servers.Hits));
        WriteNumber(json, "misses", Sum(row, static servers => servers.Misses));
        WriteNumber(json, "lastSlept", row.Waiting.Max(static servers => servers.LastSlept));
        json.WriteEndObject();
    }

    // An id may stand for several services. Null where none of them can have any.
    private static long? Sum(ServiceRow row, Func<WaitingServers, long?> number) =>
        row.Waiting.Any(servers => number(servers) is not null) ? row.Waiting.Sum(number) : null;

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WritePropertyName(name);
        if (text.Length > 0)
        {
            json.WriteStringValue(Utf8(text));
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(number?.ToString(CultureInfo.InvariantCulture) ?? "null");
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(Utf8(text));
        }

        json.WriteEndArray();
    }

    private static string Utf8(string bytes) => Encoding.UTF8.GetString(SourceFile.Encode(bytes));
}
