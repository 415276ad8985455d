using System.Collections.Immutable;

namespace ServiceLoop.Runtime.Access;

/// <summary>What may be allowed to somebody: <c>noun:verb</c>. Roles are groups of these; API keys are limited to some of them.</summary>
/// <remarks>Names are stored with roles and keys: one is never renamed, and a new one is added to <see cref="All"/>.</remarks>
public static class Permissions
{
    /// <summary>See definitions, their versions, differences and warnings.</summary>
    public const string DefinitionsRead = "definitions:read";

    /// <summary>Make and change drafts; import.</summary>
    public const string DefinitionsWrite = "definitions:write";

    /// <summary>Put a version in force, roll back to one, take it back.</summary>
    public const string DefinitionsPublish = "definitions:publish";

    /// <summary>Remove versions and definitions.</summary>
    public const string DefinitionsDelete = "definitions:delete";

    /// <summary>See instances, their journal and their values; sensitive values stay masked.</summary>
    public const string InstancesRead = "instances:read";

    /// <summary>Start and dispatch instances.</summary>
    public const string InstancesStart = "instances:start";

    /// <summary>Retry, skip, alter, resume and restart instances.</summary>
    public const string InstancesRepair = "instances:repair";

    /// <summary>Cancel instances.</summary>
    public const string InstancesCancel = "instances:cancel";

    /// <summary>Remove instances with their journal.</summary>
    public const string InstancesDelete = "instances:delete";

    /// <summary>Export instances with all that they hold, and import them.</summary>
    public const string InstancesExport = "instances:export";

    /// <summary>Move running instances to another version, and back.</summary>
    public const string InstancesMigrate = "instances:migrate";

    /// <summary>See a value that is marked sensitive; each look is audited.</summary>
    public const string ValuesReveal = "values:reveal";

    /// <summary>Publish events and messages that instances wait for.</summary>
    public const string EventsPublish = "events:publish";

    /// <summary>Call HTTP endpoints of workflows.</summary>
    public const string WorkflowsCall = "workflows:call";

    /// <summary>See tasks.</summary>
    public const string TasksRead = "tasks:read";

    /// <summary>Answer tasks.</summary>
    public const string TasksComplete = "tasks:complete";

    /// <summary>See customers, their identities and their contacts.</summary>
    public const string CustomersRead = "customers:read";

    /// <summary>Create, change, merge and erase customers; take in contacts.</summary>
    public const string CustomersWrite = "customers:write";

    /// <summary>See improvements and change requests.</summary>
    public const string ImprovementsRead = "improvements:read";

    /// <summary>Work on improvements; ask for changes and carry them out.</summary>
    public const string ImprovementsManage = "improvements:manage";

    /// <summary>Approve changes of others.</summary>
    public const string ChangesApprove = "changes:approve";

    /// <summary>See cases, their links and findings.</summary>
    public const string CasesRead = "cases:read";

    /// <summary>Change facts of cases, link and reopen them. Their status follows their workflow.</summary>
    public const string CasesWrite = "cases:write";

    /// <summary>Assign, reassign, skip and change the tasks of others, over their capacity where it must be.</summary>
    public const string TasksManage = "tasks:manage";

    /// <summary>See queues, skills, presence and load of agents.</summary>
    public const string AgentsRead = "agents:read";

    /// <summary>Change queues, their members, and the skills of agents.</summary>
    public const string AgentsManage = "agents:manage";

    /// <summary>See business calendars and what they compute.</summary>
    public const string CalendarsRead = "calendars:read";

    /// <summary>Change business calendars and import holidays.</summary>
    public const string CalendarsManage = "calendars:manage";

    /// <summary>See SLA policies, clocks and how they were computed.</summary>
    public const string ClocksRead = "clocks:read";

    /// <summary>Change SLA policies; bind, waive and correct clocks.</summary>
    public const string ClocksManage = "clocks:manage";

    /// <summary>See escalations and the ladder.</summary>
    public const string EscalationsRead = "escalations:read";

    /// <summary>Acknowledge and raise escalations.</summary>
    public const string EscalationsAcknowledge = "escalations:acknowledge";

    /// <summary>Change the ladder; waive and extend escalations.</summary>
    public const string EscalationsManage = "escalations:manage";

    /// <summary>See callbacks, follow-ups and what they promise.</summary>
    public const string CallbacksRead = "callbacks:read";

    /// <summary>Plan, move, record and cancel callbacks and follow-ups.</summary>
    public const string CallbacksManage = "callbacks:manage";

    /// <summary>See messages to customers and their templates.</summary>
    public const string MessagesRead = "messages:read";

    /// <summary>Change templates; send and repeat messages.</summary>
    public const string MessagesManage = "messages:manage";

    /// <summary>See subscriptions of webhooks and their deliveries; never their secrets.</summary>
    public const string WebhooksRead = "webhooks:read";

    /// <summary>Change subscriptions of webhooks and replay deliveries.</summary>
    public const string WebhooksManage = "webhooks:manage";

    /// <summary>Send contacts of customers, and read what became of them.</summary>
    public const string IntakeWrite = "intake:write";

    /// <summary>Search and read articles of the knowledge base, and say whether they helped.</summary>
    public const string KnowledgeRead = "knowledge:read";

    /// <summary>Write articles and hand them in for review.</summary>
    public const string KnowledgeWrite = "knowledge:write";

    /// <summary>Publish articles that others wrote, send them back, and let them expire.</summary>
    public const string KnowledgeApprove = "knowledge:approve";

    /// <summary>See what contacts may want, how good triage is, and its models; try texts.</summary>
    public const string TriageRead = "triage:read";

    /// <summary>Change what contacts may want; put models in force; read texts for training.</summary>
    public const string TriageManage = "triage:manage";

    /// <summary>See queued and failed work.</summary>
    public const string WorkRead = "work:read";

    /// <summary>Retry and drop failed work.</summary>
    public const string WorkRepair = "work:repair";

    /// <summary>See the pages of jobs.</summary>
    public const string JobsRead = "jobs:read";

    /// <summary>Act on jobs.</summary>
    public const string JobsManage = "jobs:manage";

    /// <summary>See users and teams.</summary>
    public const string UsersRead = "users:read";

    /// <summary>Create, change, lock and remove users.</summary>
    public const string UsersManage = "users:manage";

    /// <summary>See roles and what they allow.</summary>
    public const string RolesRead = "roles:read";

    /// <summary>Create, change and remove roles.</summary>
    public const string RolesManage = "roles:manage";

    /// <summary>See API keys; never their secrets.</summary>
    public const string KeysRead = "keys:read";

    /// <summary>Create and revoke API keys.</summary>
    public const string KeysManage = "keys:manage";

    /// <summary>See the sessions of others.</summary>
    public const string SessionsRead = "sessions:read";

    /// <summary>End the sessions of others.</summary>
    public const string SessionsEnd = "sessions:end";

    /// <summary>See the audit log.</summary>
    public const string AuditRead = "audit:read";

    /// <summary>Export the audit log and verify its chain.</summary>
    public const string AuditExport = "audit:export";

    /// <summary>Say on behalf of whom one acts.</summary>
    public const string ActForOthers = "people:act-for";

    /// <summary>See metrics and the reference of the API.</summary>
    public const string SystemRead = "system:read";

    /// <summary>See key figures of the service: volumes, times, shares.</summary>
    public const string KpisRead = "kpis:read";

    /// <summary>Drive the product's time where its settings allow that at all: for replays and rehearsals.</summary>
    public const string ClockDrive = "clock:drive";

    /// <summary>All of them, in the order in which pages show them.</summary>
    public static readonly ImmutableArray<string> All =
    [
        DefinitionsRead,
        DefinitionsWrite,
        DefinitionsPublish,
        DefinitionsDelete,
        InstancesRead,
        InstancesStart,
        InstancesRepair,
        InstancesCancel,
        InstancesDelete,
        InstancesExport,
        InstancesMigrate,
        ValuesReveal,
        EventsPublish,
        WorkflowsCall,
        TasksRead,
        TasksComplete,
        TasksManage,
        CustomersRead,
        CustomersWrite,
        ImprovementsRead,
        ImprovementsManage,
        ChangesApprove,
        CasesRead,
        CasesWrite,
        AgentsRead,
        AgentsManage,
        CalendarsRead,
        CalendarsManage,
        ClocksRead,
        ClocksManage,
        EscalationsRead,
        EscalationsAcknowledge,
        EscalationsManage,
        CallbacksRead,
        CallbacksManage,
        MessagesRead,
        MessagesManage,
        WebhooksRead,
        WebhooksManage,
        IntakeWrite,
        KnowledgeRead,
        KnowledgeWrite,
        KnowledgeApprove,
        TriageRead,
        TriageManage,
        WorkRead,
        WorkRepair,
        JobsRead,
        JobsManage,
        UsersRead,
        UsersManage,
        RolesRead,
        RolesManage,
        KeysRead,
        KeysManage,
        SessionsRead,
        SessionsEnd,
        AuditRead,
        AuditExport,
        ActForOthers,
        SystemRead,
        KpisRead,
        ClockDrive,
    ];
}
