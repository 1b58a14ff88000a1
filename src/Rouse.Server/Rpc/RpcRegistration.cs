using System.Collections.Generic;
using Rouse.Config.Model;
using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.Rpc;

/// <summary>
/// The entries of one RPC service at the portmapper: one for each of its versions, for as long as the service listens.
/// Differs from xinetd: D-052 (there the daemon waits a second for each version that cannot be entered, and a service without any is left
/// out), D-053 (there a version is removed from both protocols and from whoever it is).
/// </summary>
internal sealed class RpcRegistration
{
    private readonly Service _service;
    private readonly Portmapper _portmapper;
    private readonly LoopTimer _again;
    private readonly List<RpcEntry> _entries = [];

    public RpcRegistration(Service service)
    {
        _service = service;
        _portmapper = service.Keeper.Portmapper;
        _again = new LoopTimer(EnterMissing);
    }

    /// <summary>
    /// Enters what the definition says on this port, and removes what it does not say any more. What is entered already is entered again:
    /// it costs nothing, and a portmapper that was started anew has forgotten it.
    /// </summary>
    public void Enter(ServiceDefinition definition, ushort port)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            PortmapCall call = _entries[i].Call;
            bool stays = call.Program == definition.RpcNumber && call.Port == port
                && call.Version >= definition.RpcVersionLow && call.Version <= definition.RpcVersionHigh;
            if (!stays)
            {
                Remove(_entries[i]);
                _entries.RemoveAt(i);
            }
        }

        for (uint version = definition.RpcVersionLow; version <= definition.RpcVersionHigh; version++)
        {
            RpcEntry? entry = _entries.Find(known => known.Call.Version == version);
            if (entry is null)
            {
                entry = new RpcEntry(new PortmapCall(true, definition.RpcNumber, version, definition.Protocol.Number, port));
                _entries.Add(entry);
            }

            Ask(entry);
        }
    }

    /// <summary>Removes every entry.</summary>
    public void Withdraw()
    {
        _again.Cancel();
        foreach (RpcEntry entry in _entries)
        {
            Remove(entry);
        }

        _entries.Clear();
    }

    private void Ask(RpcEntry entry)
    {
        if (!entry.IsAsked)
        {
            entry.IsAsked = true;
            _portmapper.Ask(entry.Call, (outcome, reason) => Answered(entry, outcome, reason));
        }
    }

    private void Answered(RpcEntry entry, PortmapOutcome outcome, string reason)
    {
        entry.IsAsked = false;
        bool entered = outcome == PortmapOutcome.Done;
        entry.IsEntered = entered || (entry.IsEntered && outcome == PortmapOutcome.NoAnswer);
        if (entry.IsLeaving)
        {
            if (entry.IsEntered && outcome == PortmapOutcome.NoAnswer)
            {
                // The call that was to remove it has had no answer either.
                Remove(entry);
            }

            return;
        }

        if (entered)
        {
            if (entry.FailureWasTold)
            {
                entry.FailureWasTold = false;
                _service.Keeper.Log.Notice(
                    $"service {_service.Definition.Id} is registered with the portmapper now: program={entry.Call.Program} version={entry.Call.Version}");
            }

            return;
        }

        if (!entry.FailureWasTold)
        {
            entry.FailureWasTold = true;
            string why = outcome == PortmapOutcome.Refused
                ? "another program is registered there; if it is dead, remove it with rpcinfo -d"
                : $"portmapper: {reason}";
            _service.Keeper.Log.Error(
                $"pmap_set failed. service={_service.Definition.Id} program={entry.Call.Program} version={entry.Call.Version} "
                + $"({why}); it is tried again every few seconds");
        }

        entry.IsMissing = true;
        if (!_again.IsSet)
        {
            _service.Keeper.Loop.Set(_again, _service.Keeper.BindRetryMs);
        }
    }

    private void EnterMissing()
    {
        foreach (RpcEntry entry in _entries)
        {
            if (entry.IsMissing)
            {
                entry.IsMissing = false;
                Ask(entry);
            }
        }
    }

    // Only what we know to be ours is removed. Whether what is being entered has become ours is known when this call has its turn; it must
    // come before whatever enters the version anew, as a portmapper removes it from whoever has it.
    private void Remove(RpcEntry entry)
    {
        entry.IsLeaving = true;
        if (entry.IsEntered || entry.IsAsked)
        {
            _portmapper.Ask(entry.Call with { Enter = false }, static (_, _) => { }, () => entry.IsEntered);
        }
    }

    private sealed class RpcEntry(PortmapCall call)
    {
        public PortmapCall Call { get; } = call;

        public bool IsAsked { get; set; }

        public bool IsEntered { get; set; }

        /// <summary>It could not be entered and is tried again.</summary>
        public bool IsMissing { get; set; }

        public bool IsLeaving { get; set; }

        public bool FailureWasTold { get; set; }
    }
}
