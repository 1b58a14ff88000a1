using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Rouse.Config.Text;

namespace Rouse.Tools.Measure;

/// <summary>
/// What was measured, for programs: times in milliseconds, memory in KiB, rates in connections a second. <c>format</c> is raised when a
/// member changes its meaning.
/// </summary>
internal static class MeasureJson
{
    private const int Format = 1;

    public static byte[] Of(MeasureReport report)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format"u8, Format);
            json.WriteString("server"u8, Utf8(report.Server));
            json.WriteStartArray("ways"u8);
            foreach (WayFigures one in report.Model.Figures)
            {
                Write(json, one);
            }

            json.WriteEndArray();
            WriteTexts(json, "notMeasured", report.LeftOut);
            WriteTexts(json, "notes", report.Notes);
            if (report.Model.BreakEven is { } breakEven)
            {
                json.WriteNumber("breakEven"u8, breakEven);
            }
            else
            {
                json.WriteNull("breakEven"u8);
            }

            json.WriteNumber("rate"u8, report.Rate);
            json.WriteBoolean("rateIsLive"u8, report.RateIsLive);
            json.WriteString("advised"u8, report.Advice.Way.Name());
            json.WriteString("advice"u8, report.Advice.Sentence);
            json.WriteEndObject();
        }

        bytes.Write("\n"u8);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The figures of a report that was printed before; null when the bytes are none.</summary>
    public static IReadOnlyList<WayFigures>? Read(byte[] bytes, out string server)
    {
        server = "";
        try
        {
            JsonElement report = JsonElement.Parse(bytes);
            if (report.GetProperty("format").GetInt32() != Format)
            {
                return null;
            }

            server = SourceFile.Decode(Encoding.UTF8.GetBytes(report.GetProperty("server").GetString() ?? ""));
            List<WayFigures> figures = [];
            foreach (JsonElement one in report.GetProperty("ways").EnumerateArray())
            {
                if (!Ways.TryFind(one.GetProperty("way").GetString() ?? "", out Way way))
                {
                    return null;
                }

                figures.Add(Read(one, way));
            }

            return figures.Count > 0 ? figures : null;
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static WayFigures Read(JsonElement one, Way way) => new()
    {
        Way = way,
        FirstByteP50 = Number(one, "firstByteP50"),
        FirstByteP99 = Number(one, "firstByteP99"),
        WholeP50 = Number(one, "wholeP50"),
        ConnectionsPerSecond = Number(one, "connectionsPerSecond"),
        IdleKib = Number(one, "idleKiB"),
        LoadKib = Number(one, "loadKiB"),
        ConnectionKib = Number(one, "connectionKiB"),
        CpuMs = Number(one, "cpuMs"),
        Parked = (int)Number(one, "parked"),
        Errors = (int)Number(one, "errors"),
    };

    // A cost cannot be below nothing.
    private static double Number(JsonElement one, string name) => one.GetProperty(name).GetDouble() is >= 0 and var number
        ? number
        : throw new FormatException(name);

    private static void Write(Utf8JsonWriter json, WayFigures one)
    {
        json.WriteStartObject();
        json.WriteString("way"u8, one.Way.Name());
        json.WriteNumber("firstByteP50"u8, one.FirstByteP50);
        json.WriteNumber("firstByteP99"u8, one.FirstByteP99);
        json.WriteNumber("wholeP50"u8, one.WholeP50);
        json.WriteNumber("connectionsPerSecond"u8, one.ConnectionsPerSecond);
        json.WriteNumber("idleKiB"u8, one.IdleKib);
        json.WriteNumber("loadKiB"u8, one.LoadKib);
        json.WriteNumber("connectionKiB"u8, one.ConnectionKib);
        json.WriteNumber("cpuMs"u8, one.CpuMs);
        json.WriteNumber("parked"u8, one.Parked);
        json.WriteNumber("errors"u8, one.Errors);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
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
