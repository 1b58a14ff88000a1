using System;
using System.Collections.Generic;
using System.Text.Json;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Server.Control;
using Rouse.Tools.Control;

namespace Rouse.Tools.Why;

/// <summary>Who answers a <c>why</c>: a running daemon, or the gate of one that would have read the configuration just now.</summary>
internal interface IWhySource
{
    /// <summary>The lines of the answer.</summary>
    List<JsonElement> Ask(in ControlRequest request, out string fault);
}

/// <summary>A running daemon.</summary>
internal sealed class DaemonSource(ControlClient daemon) : IWhySource
{
    public static IWhySource? Connect(string path, out string fault) =>
        ControlClient.Connect(path, isPatient: false, out fault) is { } daemon ? new DaemonSource(daemon) : null;

    public List<JsonElement> Ask(in ControlRequest request, out string fault) => daemon.Ask(request, out fault);
}

/// <summary>A configuration's files.</summary>
internal sealed class FileSource(IdleGate gate) : IWhySource
{
    public static IWhySource? Load(string path, LoadOptions options, out string fault)
    {
        Configuration configuration = ConfigurationLoader.Load(path, ThisHost.Open(), options);
        fault = "";
        if (!configuration.IsUnreadable)
        {
            return new FileSource(new IdleGate(configuration));
        }

        fault = configuration.Diagnostics.IsEmpty ? $"{path} cannot be read" : DiagnosticRenderer.RenderHeadline(configuration.Diagnostics[0]);
        return null;
    }

    public List<JsonElement> Ask(in ControlRequest request, out string fault)
    {
        List<JsonElement> lines = [];
        ReadOnlySpan<byte> rest = gate.Why(request, out fault);
        while (rest.IndexOf((byte)'\n') is var end && end >= 0)
        {
            lines.Add(JsonElement.Parse(rest[..end]));
            rest = rest[(end + 1)..];
        }

        return lines;
    }
}
