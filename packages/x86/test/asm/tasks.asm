; Task switches by jmp, call, int and iret; task gates; what the old and the new TSS hold afterwards; refused ones;
; LDT and CR3 of a task; the trap bit; a double fault through a task gate.
%include "lib.inc"
%include "paging.inc"

T2      equ SEL_FREE            ; 32-bit task in TSS2
T3      equ SEL_FREE+8          ; 32-bit task in TSS3
T16     equ SEL_FREE+16         ; 16-bit task in TSS16
MISSING      equ SEL_FREE+24         ; not present
STUNTED   equ SEL_FREE+32         ; limit too small
TG      equ SEL_FREE+40         ; task gate to T2
TGNP    equ SEL_FREE+48         ; task gate, not present
TGBAD   equ SEL_FREE+56         ; task gate to data
TGU     equ SEL_FREE+64         ; task gate dpl 3 to T2
LDT2    equ SEL_FREE+72
TSS16   equ 0x1c00

; %1 = TSS address, %2 = entry
%macro FILL_TSS 2
        mov edi, %1
        mov ecx, 26
        xor eax, eax
        rep stosd
        mov dword [%1+4], KSTACK-0x200
        mov dword [%1+8], SEL_DATA
        mov eax, cr3
        mov dword [%1+0x1c], eax
        mov dword [%1+0x20], %2
        mov dword [%1+0x24], 0x8d7
        mov dword [%1+0x28], 0xa0a0a0a0
        mov dword [%1+0x2c], 0xc1c1c1c1
        mov dword [%1+0x30], 0xd2d2d2d2
        mov dword [%1+0x34], 0xb3b3b3b3
        mov dword [%1+0x38], 0x2f00
        mov dword [%1+0x3c], 0xb5b5b5b5
        mov dword [%1+0x40], 0x56565656
        mov dword [%1+0x44], 0xd7d7d7d7
        mov dword [%1+0x48], SEL_DATA
        mov dword [%1+0x4c], SEL_CODE
        mov dword [%1+0x50], SEL_DATA
        mov dword [%1+0x54], SEL_DATA
        mov dword [%1+0x58], SEL_UDATA
        mov dword [%1+0x5c], 0
        mov dword [%1+0x60], SEL_LDT
        mov dword [%1+0x64], 0x680000
%endmacro

set_up: cld
        FILL_TSS TSS2, task2
        FILL_TSS TSS3, task3
        mov edi, TSS
        mov ecx, 26
        xor eax, eax
        rep stosd
        mov dword [TSS+4], KSTACK
        mov dword [TSS+8], SEL_DATA
        mov eax, cr3
        mov [TSS+0x1c], eax
        mov dword [TSS+0x64], 0x680000
        mov edi, TSS16
        mov ecx, 11
        xor eax, eax
        rep stosd
        mov word [TSS16+2], KSTACK-0x200
        mov word [TSS16+4], SEL_DATA
        mov word [TSS16+0xe], task16
        mov word [TSS16+0x10], 0x8d7
        mov word [TSS16+0x12], 0xa0a0
        mov word [TSS16+0x14], 0xc1c1
        mov word [TSS16+0x16], 0xd2d2
        mov word [TSS16+0x18], 0xb3b3
        mov word [TSS16+0x1a], 0x2e00
        mov word [TSS16+0x1c], 0xb5b5
        mov word [TSS16+0x1e], 0x5656
        mov word [TSS16+0x20], 0xd7d7
        mov word [TSS16+0x22], SEL_DATA
        mov word [TSS16+0x24], SEL_CODE
        mov word [TSS16+0x26], SEL_DATA
        mov word [TSS16+0x28], SEL_DATA
        mov word [TSS16+0x2a], 0
        DESCRIPTOR T2, TSS2, 0x67, 0x89, 0
        DESCRIPTOR T3, TSS3, 0x67, 0x89, 0
        DESCRIPTOR T16, TSS16, 0x2b, 0x81, 0
        DESCRIPTOR MISSING, TSS2, 0x67, 0x09, 0
        DESCRIPTOR STUNTED, TSS2, 0x66, 0x89, 0
        GATE GDT, TG/8, T2, 0, 0x85, 0
        GATE GDT, TGNP/8, T2, 0, 0x05, 0
        GATE GDT, TGBAD/8, SEL_DATA, 0, 0x85, 0
        GATE GDT, TGU/8, T2, 0, 0xe5, 0
        DESCRIPTOR LDT2, LDT, 0x7f, 0x82, 0
        DESCRIPTOR SEL_TSS, TSS, 0x67, 0x89, 0
        mov ax, SEL_TSS
        ltr ax
        mov ax, SEL_LDT
        lldt ax
        clts
        mov dword [v_mark], 0
        mov dword [v_mark+4], 0
        cld
        mov edi, BUF
        mov ecx, 64
        xor eax, eax
        rep stosd
        ret

; what a task finds on arrival, from BUF on
%macro ARRIVAL 0
        mov [BUF], eax
        mov [BUF+4], ecx
        mov [BUF+8], edx
        mov [BUF+12], ebx
        mov [BUF+16], esp
        mov [BUF+20], ebp
        mov [BUF+24], esi
        mov [BUF+28], edi
        mov [BUF+32], cs
        mov [BUF+34], ss
        mov [BUF+36], ds
        mov [BUF+38], es
        mov [BUF+40], fs
        mov [BUF+42], gs
        mov esp, 0x2f00
        pushfd
        pop dword [BUF+44]
        str [BUF+48]
        sldt [BUF+50]
        mov eax, cr0
        mov [BUF+52], eax
        mov ax, [TSS2]
        mov [BUF+56], ax
        mov eax, [GDT+T2+4]
        mov [BUF+60], eax
        mov eax, [GDT+SEL_TSS+4]
        mov [BUF+64], eax
%endmacro

; task 2 notes what it finds, then leaves the way it is told in v_mark: 0 jmp back, 1 iret, 2 call task 3
task2:  mov esp, [TSS2+0x38]
        ARRIVAL
        mov eax, 0x22222222
        cmp byte [v_mark], 1
        je .iret
        cmp byte [v_mark], 2
        je .nest
        jmp SEL_TSS:0
        jmp task2
.iret:  iretd
        jmp task2
.nest:  call T3:0
        iretd
        jmp task2
; one whose interrupt pushed an error code
task2_error:
        mov [BUF+0x50], esp
        mov eax, [esp]
        mov [BUF+0x54], eax
        ARRIVAL
        ud2
task3:  mov [BUF+0x50], esp
        mov ax, [TSS3]
        mov [BUF+0x54], ax
        mov ax, [TSS2]
        mov [BUF+0x56], ax
        pushfd
        pop dword [BUF+0x58]
        iretd
        jmp task3
        bits 32
task16: ARRIVAL
        mov ax, [TSS16]
        mov [BUF+0x50], ax
        iretd
        jmp task16

main:
        BEFORE set_up
        FLAGS_IN two_flags
        SHOW I_FL|S_REGS|S_ESP|S_VEC|S_ERR|S_EIP|S_FL
        SHOW_MEM BUF, 0x60
        BEGIN "jmp tss, and back"
        jmp T2:0x12345678
        mov ecx, [TSS2+0x28]
        mov edx, [GDT+T2+4]
        END
        BEGIN "call tss, iret back"
        mov byte [v_mark], 1
        call T2:0
        mov ecx, [TSS2+0x28]
        mov edx, [GDT+T2+4]
        END
        BEGIN "call tss twice"
        mov byte [v_mark], 1
        call T2:0
        call T2:0
        mov edx, [GDT+T2+4]
        END
        BEGIN "nested calls"
        mov byte [v_mark], 2
        call T2:0
        mov edx, [GDT+T3+4]
        mov ecx, [TSS2+0x24]
        END
        BEGIN "jmp task gate"
        jmp TG:0
        END
        BEGIN "call task gate"
        mov byte [v_mark], 1
        call TG:0
        END
        BEGIN "16-bit tss"
        call T16:0
        mov ecx, [TSS16+0x12]
        mov edx, [TSS16+0x20]
        END
        BEGIN "int through a task gate"
        mov byte [v_mark], 1
        GATE IDT, 0x20, T2, 0, 0x85, 0
        int 0x20
        nop
        END
        BEGIN "fault through a task gate: the error code is on the task's stack"
        mov dword [TSS2+0x20], task2_error
        GATE IDT, 13, T2, 0, 0x85, 0
        mov eax, 0x901
        mov fs, ax
        nop
        END
        GATE IDT, 13, SEL_CODE, exc_entry + 13*exc_size, 0xee, 0
        BEGIN "task with an ldt of its own, fs from it"
        mov dword [TSS2+0x60], LDT2
        LDT_DESCRIPTOR 8, 0x8000, 0xfff, 0x92, 0
        mov dword [TSS2+0x58], 0x0c
        jmp T2:0
        sldt ecx
        END
        BEGIN "task in ring 3"
        mov dword [TSS2+0x4c], SEL_UCODE
        mov dword [TSS2+0x50], SEL_UDATA
        mov dword [TSS2+0x54], SEL_UDATA
        mov dword [TSS2+0x48], SEL_UDATA
        mov dword [TSS2+0x20], .user
        mov dword [TSS2+0x38], USTACK
        jmp T2:0
.user:  ud2
        END
        BEGIN "task in v86 mode"
        mov dword [TSS2+0x4c], 0xf000
        mov dword [TSS2+0x50], 0
        mov dword [TSS2+0x54], 0x800
        mov dword [TSS2+0x48], 0x900
        mov dword [TSS2+0x58], 0
        mov dword [TSS2+0x20], .v86
        mov dword [TSS2+0x24], 0x23002
        mov dword [TSS2+0x38], USTACK
        jmp T2:0
        bits 16
.v86:   mov eax, [8]
        ud2
        bits 32
        END
        BEGIN "the ts flag of cr0"
        jmp T2:0
        mov eax, cr0
        clts
        mov ecx, cr0
        END

        NOTE "refused"
        SHOW S_EAX|S_ESP|S_VEC|S_ERR|S_EIP|S_CS|S_FL
        SHOW_MEM 0, 0
        FLAGS_IN one_flags
%macro REFUSED 2
        BEGIN {"jmp: ", %2}
        jmp %1:0
        END
        BEGIN {"call: ", %2}
        call %1:0
        END
%endmacro
%macro REFUSALS 0
        REFUSED SEL_TSS, "busy"
        REFUSED MISSING, "not present"
        REFUSED STUNTED, "limit too small"
        REFUSED TGNP, "gate not present"
        REFUSED TGBAD, "gate to data"
        REFUSED T2+4, "tss in the ldt"
%endmacro
        REFUSALS
        RING 3
        REFUSALS
        REFUSED T2, "tss of ring 0"
        REFUSED TG, "gate of ring 0"
        RING 0
        BEGIN "iret with NT: link to a task that is not busy"
        mov word [TSS], T2
        pushfd
        or dword [esp], 0x4000
        popfd
        iretd
        END
        BEGIN "iret with NT: null link"
        mov word [TSS], 0
        pushfd
        or dword [esp], 0x4000
        popfd
        iretd
        END
        BEGIN "iret with NT: link to data"
        mov word [TSS], SEL_DATA
        pushfd
        or dword [esp], 0x4000
        popfd
        iretd
        END

        NOTE "bad selectors in the new tss: the fault belongs to the new task"
        SHOW S_VEC|S_ERR
%macro BAD 3
        BEGIN %1
        mov dword [TSS2+%2], %3
        jmp T2:0
        END
%endmacro
        BAD "cs null", 0x4c, 0
        BAD "cs data", 0x4c, SEL_DATA
        BAD "cs beyond", 0x4c, 0x900
        BAD "ds not readable", 0x54, SEL_LDT
        BAD "es beyond", 0x48, 0x900
        BAD "ldt null", 0x60, 0

        NOTE "double fault through a task gate"
        SHOW S_VEC|S_ERR|S_EIP|S_CS|S_EAX
        SHOW_MEM BUF, 0x60
        BEFORE set_up_paged
        BEGIN "push on a missing page in ring 0"
        GATE IDT, 8, T2, 0, 0x85, 0
        mov dword [PTE1], 0
        mov ebx, cr3
        mov cr3, ebx
        mov esp, WINDOW+0x800
        push eax
        END
        BEGIN "#NP while a #GP is delivered"
        GATE IDT, 8, T2, 0, 0x85, 0
        mov byte [IDT+13*8+5], 0x6e
        mov ax, 0x900
        mov fs, ax
        END
        FINISH

set_up_paged:
        mov byte [IDT+13*8+5], 0xee
        call make_page_tables
        call set_up
        mov dword [TSS2+0x20], .handler
        ret
.handler:
        mov [BUF+0x50], esp
        mov eax, [esp]
        mov [BUF+0x54], eax
        mov eax, cr2
        mov [BUF+0x58], eax
        mov eax, [TSS+0x20]
        sub eax, [v_stub]
        mov [BUF+0x5c], eax
        mov byte [IDT+13*8+5], 0xee
        ud2
