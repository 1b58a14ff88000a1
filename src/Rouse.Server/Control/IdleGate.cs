using System;
using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Control;

/// <summary>
/// The gate of a daemon that has just read a configuration and has served nobody yet: nothing listens, nothing is logged, nothing is started. It
/// answers <c>why</c> as a running daemon does, in the same lines.
/// </summary>
public sealed class IdleGate
{
    private readonly Configuration _configuration;
    private readonly Keeper _keeper;
    private readonly List<Service> _services = [];

    public IdleGate(Configuration configuration)
    {
        _configuration = configuration;
        LinuxSystem system = new();
        LogClock clock = new(system);
        DaemonLog log = new(system, clock, "rouse", ThisProcess.Id);
        KeeperSettings settings = new() { World = ServerWorld.OfThisProcess([], 1024), ServiceLines = new Silence() };
        _keeper = new Keeper(system, settings, clock, log, new SyslogConnection(system, clock, "rouse", ThisProcess.Id), _ => configuration);
        AddressSetPool pool = new();
        foreach (ServiceDefinition definition in configuration.Services)
        {
            _services.Add(new Service(_keeper, definition, AccessPolicy.Compile(definition, pool)));
        }
    }

    /// <summary>The lines of the answer, each a JSON object.</summary>
    /// <param name="request">A <c>why</c>.</param>
    /// <param name="fault">Why there is no answer; empty where there is one.</param>
    public byte[] Why(in ControlRequest request, out string fault)
    {
        fault = "a why has a client";
        if (request.Why?.Read(out fault) is not { } question)
        {
            return [];
        }

        while (true)
        {
            JsonLine answer = new();
            if (!WhyReport.Write(_keeper, answer, request.Service, question, _services, out AccountNames missing))
            {
                fault = WhyNone(request.Service);
            }
            else if (missing.AreAny)
            {
                _keeper.Accounts.LookUpNow(missing);
                continue;
            }

            return answer.Bytes.ToArray();
        }
    }

    private string WhyNone(string name)
    {
        foreach (BrokenService broken in _configuration.Broken)
        {
            if (broken.Id == name || broken.Name == name)
            {
                return $"service '{name}' ({broken.Span}) is left out because of an error, and serves nobody: see rouse check";
            }
        }

        foreach (DisabledService disabled in _configuration.Disabled)
        {
            if (disabled.Id == name || disabled.Name == name)
            {
                return $"service '{name}' ({disabled.Span}) is disabled, and serves nobody";
            }
        }

        return $"there is no service '{name}' in the configuration";
    }

    private sealed class Silence : LogSink
    {
        public override void Write(ReadOnlySpan<byte> line)
        {
        }
    }
}
