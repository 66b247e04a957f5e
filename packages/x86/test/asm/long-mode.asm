; Long mode: page tables of four levels, gates of 16 bytes with IST, ring 3, SYSCALL, SWAPGS, compatibility code.
; Each result goes to port 0xE9 as eight bytes. Assembled alone, without the other files.
BITS 16
ORG 0xF0000
PML4 EQU 0x10000
PDPT EQU 0x11000
PD   EQU 0x12000
PT   EQU 0x13000            ; of the linear addresses from 2 MiB on
IDT  EQU 0x14000
TSS  EQU 0x15000
STACK EQU 0x30000           ; of level 0
IST1 EQU 0x38000
RING0 EQU 0x34000           ; from the TSS
USER_STACK EQU 0x28000
SCRATCH EQU 0x20000
HIGH EQU 0xFFFF800000000000 ; the same 1 GiB again, in the upper half

times 0x1000 db 0xf4
start16:
    cli
    lgdt [cs:gdtr - 0xF0000]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp dword 0x08:start32
BITS 32
start32:
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov esp, STACK
    ; tables
    mov edi, PML4
    xor eax, eax
    mov ecx, 0x6000 / 4
    rep stosd
    mov dword [PML4], PDPT + 7
    mov dword [PML4 + 256 * 8], PDPT + 7
    mov dword [PDPT], PD + 7
    mov dword [PD], 0x87        ; 2 MiB, user
    mov dword [PD + 8], PT + 7
    mov dword [PT], 0x20000 + 7         ; 0x200000: present
    mov dword [PT + 8], 0x20000 + 5     ; 0x201000: read only
    mov dword [PT + 16], 0x20000 + 3    ; 0x202000: supervisor
    mov dword [PT + 24], 0x20000 + 7    ; 0x203000: not to be executed
    mov dword [PT + 28], 0x80000000
    ; 0x204000: absent
    ; gates 0 to 47
    mov edi, IDT
    mov ebx, handlers
    mov ecx, 48
.gate:
    mov eax, ebx
    and eax, 0xffff
    or eax, 0x00180000
    mov [edi], eax
    mov eax, ebx
    and eax, 0xffff0000
    or eax, 0xee00
    mov [edi + 4], eax
    mov dword [edi + 8], 0
    add edi, 16
    add ebx, 16
    loop .gate
    or byte [IDT + 2 * 16 + 4], 1       ; NMI and #DF on IST1
    or byte [IDT + 8 * 16 + 4], 1
    or byte [IDT + 33 * 16 + 4], 1
    mov byte [IDT + 34 * 16 + 5], 0x8e  ; for level 0 alone
    mov byte [IDT + 35 * 16 + 5], 0x6e  ; absent
    mov dword [TSS + 4], RING0
    mov dword [TSS + 36], IST1
    mov word [TSS + 102], 104
    mov eax, cr4
    or eax, 0x620                       ; PAE, OSFXSR, OSXMMEXCPT
    mov cr4, eax
    mov eax, PML4
    mov cr3, eax
    mov ecx, 0xc0000080
    rdmsr
    or eax, 0x901                       ; NXE, LME, SCE
    wrmsr
    mov eax, cr0
    or eax, 0x80010000                  ; PG, WP
    mov cr0, eax
    rdmsr                               ; LMA, in compatibility code
    mov ebp, eax
    jmp 0x18:start64

BITS 64
DEFAULT ABS
%macro OUT64 0-1 rax                    ; sends a register
    push rax
    push rdx
    push rcx
    push %1
    call send
    pop rcx
    pop rdx
    pop rax
%endmacro
send:                                   ; what lies above the return address, which it takes along
    mov rax, [rsp + 8]
    mov ecx, 8
.byte:
    out 0xe9, al
    shr rax, 8
    loop .byte
    ret 8
%macro LABEL 1
    push rax
    mov al, %1
    out 0xe9, al
    mov al, 0
    out 0xe9, al
    pop rax
%endmacro
; A case that faults: the handler goes on at %%after.
%macro FAULTS 1+
    lea r15, [rel %%after]
    mov r14, rsp
    %1
%%after:
%endmacro

start64:
    mov rsp, STACK
    mov eax, ebp
    OUT64
    lidt [idtr]
    mov ax, 0x48
    ltr ax
    str ax
    movzx eax, ax
    OUT64
    mov ecx, 0xc0000080
    rdmsr
    OUT64
    ; registers
    mov rax, 0x123456789abcdef0
    mov r8, rax
    mov eax, eax
    OUT64
    OUT64 r8
    mov r9b, 0x55
    mov sil, 0x66
    lea r10, [r8 + r9 * 8 + 0x10]
    movsxd r11, r8d
    OUT64 r11
    bswap r8
    OUT64 r8
    lea rax, [rel start64]
    OUT64
    mov rax, HIGH
    mov rbx, [rax + gdt + 8]
    OUT64 rbx
    ; jumps to the upper half and back
    mov rax, HIGH + .upper
    jmp rax
.upper:
    lea rax, [rel .upper]
    OUT64
    mov rax, .lower
    jmp rax
.lower:
    ; segment bases
    mov ecx, 0xc0000100
    mov eax, SCRATCH
    xor edx, edx
    wrmsr
    mov ecx, 0xc0000101
    mov eax, SCRATCH + 0x100
    mov edx, 0xFFFF8000
    wrmsr
    mov ecx, 0xc0000102
    mov eax, SCRATCH + 0x200
    xor edx, edx
    wrmsr
    mov rax, 0x1111222233334444
    mov [fs:0x10], rax
    mov rax, 0x5555666677778888
    mov [gs:0x10], rax
    mov rax, [SCRATCH + 0x10]
    OUT64
    mov rax, [SCRATCH + 0x110]
    OUT64
    swapgs
    mov rax, 0x99
    mov [gs:0x10], rax
    mov rax, [SCRATCH + 0x210]
    OUT64
    rdmsr
    OUT64
    OUT64 rdx
    swapgs
    ; faults
    FAULTS ud2
    FAULTS mov rax, [0x204000]
    FAULTS mov [0x204008], rax
    FAULTS mov [0x201000], rax
    FAULTS mov rax, [0x203000]
    FAULTS call jump_nx
    mov rax, 0x0000800000000000
    FAULTS mov rbx, [rax]
    mov ax, 0x1234
    FAULTS mov ds, ax
    mov ax, 0x2b
    FAULTS mov ds, ax
    xor eax, eax
    mov ss, ax
    mov ds, ax
    FAULTS int 33
    FAULTS int 34
    FAULTS int 35
    FAULTS int 60
    xor eax, eax
    xor edx, edx
    FAULTS div rdx
    ; IRETQ to itself, with a stack that is not aligned
    mov rbx, STACK - 0x101
    mov ecx, ss
    push rcx
    push rbx
    pushfq
    mov ecx, cs
    push rcx
    lea rax, [rel .here]
    push rax
    iretq
.here:
    OUT64 rsp
    mov rsp, STACK
    ; CR8
    mov rax, 5
    mov cr8, rax
    mov rax, cr8
    OUT64
    xor eax, eax
    mov cr8, rax
    ; selectors
    mov eax, 0x18
    lar rbx, rax
    OUT64 rbx
    lsl rbx, rax
    OUT64 rbx
    mov eax, 0x48
    lar ebx, eax
    OUT64 rbx
    sgdt [SCRATCH]
    mov rax, [SCRATCH + 2]
    OUT64
    ; compare and exchange of 16 bytes
    mov qword [SCRATCH], 1
    mov qword [SCRATCH + 8], 2
    mov eax, 1
    mov edx, 2
    mov ebx, 3
    mov ecx, 4
    lock cmpxchg16b [SCRATCH]
    pushfq
    pop rsi
    and esi, 0x40
    OUT64 rsi
    mov rdi, [SCRATCH]
    OUT64 rdi
    mov rdi, [SCRATCH + 8]
    OUT64 rdi
    cmpxchg16b [SCRATCH]
    OUT64 rax
    OUT64 rdx
    FAULTS cmpxchg16b [SCRATCH + 8]
    ; strings
    mov rdi, SCRATCH
    mov rax, 0x0102030405060708
    mov ecx, 600
    rep stosq
    mov rsi, SCRATCH
    mov rdi, SCRATCH + 0x4000
    mov ecx, 600
    rep movsq
    OUT64 rsi
    OUT64 rdi
    OUT64 rcx
    mov rax, [SCRATCH + 0x4000 + 599 * 8]
    OUT64
    ; x87 and SSE
    mov qword [SCRATCH], 12345
    fninit
    fild qword [SCRATCH]
    fsqrt
    fstp qword [SCRATCH + 8]
    mov rax, [SCRATCH + 8]
    OUT64
    movq xmm9, rax
    cvtsi2sd xmm10, qword [SCRATCH]
    mulsd xmm9, xmm10
    movq rbx, xmm9
    OUT64 rbx
    cvttsd2si r12, xmm9
    OUT64 r12
    pinsrq xmm11, r12, 1
    pextrq r13, xmm11, 1
    OUT64 r13
    fxsave64 [SCRATCH + 0x100]
    mov rax, [SCRATCH + 0x100 + 160 + 9 * 16]
    OUT64
    pxor xmm9, xmm9
    fxrstor64 [SCRATCH + 0x100]
    movq rbx, xmm9
    OUT64 rbx
    ; ring 3
    mov ecx, 0xc0000081
    xor eax, eax
    mov edx, 0x00300018                 ; SYSCALL: 18 and 20; SYSRET: 33, 3b, 43
    wrmsr
    mov ecx, 0xc0000082
    mov eax, syscall_entry
    xor edx, edx
    wrmsr
    mov ecx, 0xc0000083
    mov eax, compat_entry
    wrmsr
    mov ecx, 0xc0000084
    mov eax, 0x700
    wrmsr
    push 0x3b
    push USER_STACK
    push 0x202
    push 0x43
    lea rax, [rel user]
    push rax
    iretq
user:
    mov rax, 1
    syscall
    mov rax, 2
    syscall
    mov r13, [0x202000 - 0x2000]
    FAULTS mov rax, [0x202000]
    FAULTS cli
    FAULTS mov rax, cr3
    FAULTS in al, 0x21
    FAULTS int 33
    FAULTS int 34
    FAULTS rdmsr
    FAULTS swapgs
    FAULTS sysret
    ; compatibility code
    mov eax, 0x3b
    mov ds, eax
    push 0x33
    lea rax, [rel compat]
    push rax
    retfq
BITS 32
compat:
    mov eax, 0x80000000
    dec eax
    inc eax                             ; 40+ are INC and DEC again
    mov ebx, esp
    push eax
    mov edx, 0x2004
    lea edi, [ebx + 1]
    mov eax, [0x204000]
compat_fault:
    mov eax, 3
    syscall
    hlt
BITS 64
compat_entry:                           ; SYSCALL of compatibility code
    OUT64 rcx
    OUT64 r11
    OUT64 rbx
    OUT64 rdi
    mov rsp, STACK
    jmp leave_long
syscall_entry:
    mov r10, rsp
    mov rsp, STACK
    OUT64 rcx
    OUT64 r11
    OUT64 r10
    mov ebx, ss
    OUT64 rbx
    mov ebx, cs
    OUT64 rbx
    pushfq
    pop rbx
    OUT64 rbx
    mov rsp, r10
    o64 sysret

; Back to protected mode by compatibility code, and to the end.
leave_long:
    push 0x08
    push leaving
    retfq
BITS 32
leaving:
    mov ax, 0x10
    mov ss, ax
    mov ds, ax
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    mov ecx, 0xc0000080
    rdmsr
    mov ecx, 4
.byte:
    out 0xe9, al
    shr eax, 8
    loop .byte
    mov al, 0x10
    out 0xf4, al
    hlt
BITS 64
jump_nx:
    add rsp, 8
    mov rax, 0x203000
    jmp rax

; Handlers: 16 bytes each.
ALIGN 16
handlers:
%assign v 0
%rep 48
ALIGN 16
    %if v == 8 || (v >= 10 && v <= 14) || v == 17
    %else
    push 0x7777
    %endif
    push v
    jmp near handler
%assign v v + 1
%endrep
ALIGN 16
handler:                                ; [rsp] vector, error, RIP, CS, RFLAGS, RSP, SS
    push rax
    push rbx
    push rcx
    LABEL '!'
    mov rbx, [rsp + 24]
    OUT64 rbx
    mov rbx, [rsp + 32]
    OUT64 rbx
    mov rbx, [rsp + 40]
    OUT64 rbx
    mov rbx, [rsp + 48]
    OUT64 rbx
    mov rbx, [rsp + 56]
    and rbx, ~0x108d5
    OUT64 rbx
    mov rbx, [rsp + 64]
    OUT64 rbx
    mov rbx, [rsp + 72]
    OUT64 rbx
    mov ebx, ss
    OUT64 rbx
    lea rbx, [rsp]
    OUT64 rbx
    mov rbx, cr2
    OUT64 rbx
    cmp qword [rsp + 48], 0x33
    je .compat
    mov [rsp + 40], r15
    mov [rsp + 64], r14
    pop rcx
    pop rbx
    pop rax
    add rsp, 16
    iretq
.compat:
    mov qword [rsp + 40], compat_fault
    pop rcx
    pop rbx
    pop rax
    add rsp, 16
    iretq

ALIGN 8
gdt:                                    ; accessed already: it lies in ROM
    dq 0
    dq 0x00cf9b000000ffff               ; 08 code, 32 bits
    dq 0x00cf93000000ffff               ; 10 data
    dq 0x00af9b000000ffff               ; 18 code, 64 bits
    dq 0x00cf93000000ffff               ; 20 data
    dq 0
    dq 0x00cffb000000ffff               ; 30 code of level 3, 32 bits
    dq 0x00cff3000000ffff               ; 38 data of level 3
    dq 0x00affb000000ffff               ; 40 code of level 3, 64 bits
    dq 0x0000890000000067 | (TSS << 16) ; 48 TSS
    dq 0
gdt_end:
idtr: dw 48 * 16 - 1
    dq IDT
gdtr: dw gdt_end - gdt - 1
    dd gdt
times 0xfff0 - ($ - $$) db 0xf4
BITS 16
    jmp 0xf000:(start16 - 0xF0000)
times 0x10000 - ($ - $$) db 0xf4
