using Rouse.Linux;
using Rouse.Server.Reloading;

namespace Rouse.Server.Listening;

/// <content>Off until the next reload: nothing listens, what is served goes on.</content>
internal sealed partial class Service
{
    /// <summary>Switched off over the control socket: closed until it is switched on, or until a reload.</summary>
    public bool IsOff { get; private set; }

    /// <summary>The number of the request that switched it off.</summary>
    public long OffSince { get; private set; }

    /// <summary>
    /// A server of a wait service still holds the socket that was given to it: whoever opened another one would have the peers of one
    /// service served by two servers.
    /// </summary>
    public bool IsSocketLent { get; private set; }

    /// <summary>On or off, a server has its socket now.</summary>
    public bool HasLentSocket => IsSocketLent || (State == ServiceState.Suspended && Borrower != 0);

    // The process that has it; 0 where none has. Servers of a socket that was closed may run beside it.
    private int Borrower => Resident?.Pid ?? _borrower;

    public bool IsCalled(string name) => Definition.Id == name || Definition.Name == name;

    public void SwitchOff(long asked)
    {
        (bool isLent, int borrower) = (HasLentSocket, _borrower);
        Close();
        (IsSocketLent, _borrower) = (isLent, borrower);
        (IsOff, OffSince) = (true, asked);
        if (Resident is not null)
        {
            // It takes connections by itself: as long as it runs, the service is not off.
            ServerEnding.EndServers(Keeper, this);
        }
    }

    /// <summary>Listens at once, or stays as it was and says why.</summary>
    public Errno SwitchOn()
    {
        Errno error = OpenListeners();
        if (error != Errno.None)
        {
            _sockets.Close();
            return error;
        }

        IsOff = false;
        _cps.Reset();
        _starts.Reset();
        BeginListening();
        return Errno.None;
    }

    // The server that had it has ended, and with it the last use of the socket.
    private void TakeSocketBack()
    {
        bool isAwaited = IsSocketLent && State == ServiceState.WaitingForAddress;
        IsSocketLent = false;
        if (isAwaited)
        {
            _bindTimer?.Cancel();
            TryBindAgain();
        }
    }

    /// <summary>A reload: it listens again as soon as it can.</summary>
    public void ReturnFromOff()
    {
        IsOff = false;
        Open();
    }
}
