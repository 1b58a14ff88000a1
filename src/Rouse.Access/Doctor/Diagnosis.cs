using Rouse.Config;
using Rouse.Config.Doctor;
using Rouse.Config.Hosts;

namespace Rouse.Access.Doctor;

/// <summary>
/// The doctor of <c>rouse check</c>: what is legal in a configuration and yet surely not meant. Nothing is left out because of it. The
/// daemon does not call it, and so does not link it.
/// </summary>
public static class Diagnosis
{
    /// <summary>The configuration with the doctor's findings among its own, each in its place.</summary>
    public static Configuration Of(Configuration configuration, IConfigHost files, IDoctorHost host)
    {
        Examination examination = new(configuration, files, host);
        GeneralDoctor.Look(examination);
        UnaskedLists.Look(examination);
        CoveredEntries.Look(examination);
        OutsideEntries.Look(examination);
        ForeignFamilies.Look(examination);
        Admittance.Look(examination);
        Hours.Look(examination);
        return configuration.With(examination.Findings);
    }
}
