using System;
using System.Collections.Generic;
using Rouse.Config;
using Rouse.Config.Model;
using Rouse.Server.Listening;

namespace Rouse.Server.Reloading;

/// <summary>
/// What is asked for by signal or over the control socket and needs the configuration: reloads, and services that are to be switched on.
/// One at a time, in their order, read on a thread of its own. Who asks for a reload is told of one whose files were read after the asking.
/// What is to be switched off needs no files and is off at once; a reload that was asked for before it does not bring it back.
/// </summary>
internal sealed class ReloadRequests(Keeper keeper, List<Service> services, ConfigurationReading readConfiguration)
{
    private const string NoThread = "no thread can be made";

    private readonly List<Request> _waiting = [];

    // Those that a request under way may not have known of, with their numbers; the last one of each name.
    private readonly Dictionary<string, long> _switchedOff = new(StringComparer.Ordinal);
    private Request? _underWay;
    private long _asked;

    /// <summary>Begins a reload, or another one after that which is under way: its files may have been read before they were changed.</summary>
    public void Reload(Action<ReloadResult>? told)
    {
        // Several that wait are one.
        Request request = _waiting is [.., { Name: "" } last] ? last : Enqueue(new Request(""));
        request.Asked = ++_asked;
        if (told is not null)
        {
            request.Told.Add(told);
        }

        BeginNext();
    }

    /// <summary>Opens services until the next reload: <see cref="SwitchingOn"/>.</summary>
    /// <param name="restarts">Those that are on are closed and opened again.</param>
    public void SwitchOn(string name, bool restarts, Action<SwitchResult> told)
    {
        Enqueue(new Request(name) { Restarts = restarts, ToldOfSwitch = told, Asked = ++_asked });
        BeginNext();
    }

    /// <summary>Closes services until the next reload: <see cref="SwitchingOff"/>.</summary>
    public SwitchResult SwitchOff(string name)
    {
        long asked = ++_asked;
        foreach (Request request in _waiting)
        {
            request.IsWithdrawn |= request.Name == name;
        }

        if (_underWay?.Name == name)
        {
            _underWay.IsWithdrawn = true;
        }

        SwitchResult result = SwitchingOff.Apply(keeper, name, asked);
        if (_underWay is not null && result.Refusal.Length == 0)
        {
            _switchedOff[name] = asked;
        }

        keeper.Notifier.Switched();
        return result;
    }

    /// <summary>
    /// When a service was switched off that no longer runs, or not yet, as a reload is about to open it; 0 where that was not after the
    /// reload was asked for.
    /// </summary>
    public long OffSince(ServiceDefinition definition, long asked)
    {
        long since = Math.Max(_switchedOff.GetValueOrDefault(definition.Id), _switchedOff.GetValueOrDefault(definition.Name));
        return since > asked ? since : 0;
    }

    private Request Enqueue(Request request)
    {
        _waiting.Add(request);
        return request;
    }

    private void BeginNext()
    {
        if (_underWay is not null || _waiting.Count == 0)
        {
            return;
        }

        Request request = _waiting[0];
        _waiting.RemoveAt(0);
        _underWay = request;
        if (request.Name.Length > 0)
        {
            if (!ReloadThread.TryStart(keeper.Loop, () => readConfiguration(request.Name), (next, fault) => EndSwitch(request, next, fault)))
            {
                keeper.Loop.HandIn(() => EndSwitch(request, null, NoThread));
            }

            return;
        }

        keeper.Notifier.Reloading();
        keeper.Log.Notice("Starting reconfiguration");
        List<ServiceDefinition> running = [];
        HashSet<ServiceDefinition> off = new(ReferenceEqualityComparer.Instance);
        foreach (Service service in services)
        {
            running.Add(service.Definition);
            if (service.IsOff)
            {
                off.Add(service.Definition);
            }
        }

        if (!ReloadThread.TryStart(
            keeper.Loop, () => PreparedReload.Of(running, readConfiguration(""), off), (prepared, fault) => EndReload(request, prepared, fault)))
        {
            keeper.Loop.HandIn(() => EndReload(request, null, NoThread));
        }
    }

    private void EndReload(Request request, PreparedReload? prepared, string fault)
    {
        if (keeper.IsEnding)
        {
            return;
        }

        ReloadResult result;
        if (prepared is null)
        {
            result = new ReloadResult(OwnFault(fault), null);
            keeper.Log.Critical($"reconfiguration failed: {result.Refusal}");
        }
        else
        {
            keeper.Log.Gather();
            try
            {
                result = Reloading.Reload.Apply(keeper, services, prepared, request.Asked);
            }
            finally
            {
                keeper.Log.WriteGathered();
            }
        }

        keeper.Reloaded();
        keeper.Notifier.Ready(result.Refusal);
        request.Told.ForEach(told => told(result));
        End();
    }

    private void EndSwitch(Request request, Configuration? next, string fault)
    {
        if (keeper.IsEnding)
        {
            return;
        }

        SwitchResult result;
        if (next is null)
        {
            result = new SwitchResult(OwnFault(fault));
            keeper.Log.Critical($"'{request.Name}' was not enabled: {result.Refusal}");
        }
        else if (request.IsWithdrawn)
        {
            result = new SwitchResult($"'{request.Name}' was disabled meanwhile");
        }
        else
        {
            result = new SwitchingOn(keeper, services, request.Name, request.Restarts).Apply(next, request.Asked);
        }

        keeper.Settings.Memory?.ConfigurationWasRead();
        keeper.Notifier.Switched();
        request.ToldOfSwitch!(result);
        End();
    }

    private void End()
    {
        _underWay = null;
        if (_waiting.Count > 0)
        {
            BeginNext();
        }
        else
        {
            _switchedOff.Clear();
            keeper.EndIfIdle();
        }
    }

    private static string OwnFault(string fault) => fault == NoThread
        ? $"{fault} to read the files; nothing was changed. Ask again when there are fewer processes, or raise their limit"
        : $"an error of the program itself; nothing was changed. Please report it: {fault}";

    /// <param name="name">What is to be switched on; empty for a reload.</param>
    private sealed class Request(string name)
    {
        public string Name { get; } = name;

        public bool Restarts { get; init; }

        public long Asked { get; set; }

        public bool IsWithdrawn { get; set; }

        public List<Action<ReloadResult>> Told { get; } = [];

        public Action<SwitchResult>? ToldOfSwitch { get; init; }
    }
}
