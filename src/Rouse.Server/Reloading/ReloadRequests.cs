using System;
using System.Collections.Generic;
using Rouse.Config;
using Rouse.Config.Model;
using Rouse.Server.Listening;

namespace Rouse.Server.Reloading;

/// <summary>
/// Reloads that are asked for, by signal or over the control socket: one at a time, read on a thread of its own, and each asker is told of one
/// whose files were read after the asking.
/// </summary>
internal sealed class ReloadRequests(Keeper keeper, List<Service> services, Func<Configuration> readConfiguration)
{
    private List<Action<ReloadResult>> _told = [];
    private List<Action<ReloadResult>> _toldOfNext = [];
    private bool _isUnderWay;
    private bool _isWantedAgain;

    /// <summary>Begins a reload, or another one after that which is under way: its files may have been read before they were changed.</summary>
    public void Request(Action<ReloadResult>? told)
    {
        if (told is not null)
        {
            (_isUnderWay ? _toldOfNext : _told).Add(told);
        }

        if (_isUnderWay)
        {
            _isWantedAgain = true;
            return;
        }

        _isUnderWay = true;
        keeper.Log.Notice("Starting reconfiguration");
        List<ServiceDefinition> running = [];
        foreach (Service service in services)
        {
            running.Add(service.Definition);
        }

        ReloadThread.Start(keeper.Loop, () => PreparedReload.Of(running, readConfiguration()), End);
    }

    private void End(PreparedReload? prepared, string fault)
    {
        if (keeper.IsEnding)
        {
            return;
        }

        ReloadResult result;
        if (prepared is null)
        {
            result = new ReloadResult("an error of the program itself; nothing was changed. Please report it: " + fault, null);
            keeper.Log.Critical($"reconfiguration failed: {result.Refusal}");
        }
        else
        {
            result = Reload.Apply(keeper, services, prepared);
        }

        keeper.Reloaded();
        foreach (Action<ReloadResult> told in _told)
        {
            told(result);
        }

        (_told, _toldOfNext) = (_toldOfNext, []);
        _isUnderWay = false;
        if (_isWantedAgain)
        {
            _isWantedAgain = false;
            Request(null);
        }
        else
        {
            keeper.EndIfIdle();
        }
    }
}
