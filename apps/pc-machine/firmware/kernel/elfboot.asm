; Starts a kernel that wants protected mode and a description of the machine: Multiboot 1 and 2, PVH.
; Everything is laid out beforehand but the memory map, which the BIOS knows. The item SETUP_DATA
; says where it goes.

ROM_BLOCKS equ 2
%include "kernel/rom.inc"

product: db "kernel (-kernel)", 0

; The handover, as boot/handover.ts writes it.
struc handover
.eax:           resd 1              ; registers at the entry
.ebx:           resd 1
.entry:         resd 1
.memory:        resd 1              ; takes KiB below 640 KiB, and KiB above 1 MiB
.ranges:        resd 1              ; takes 24 bytes for each range of the memory map
.lead:          resd 1              ; bytes of those before the range itself
.count:         resd 1              ; takes bias + scale * number of ranges
.bias:          resd 1
.scale:         resd 1
.total:         resd 1              ; 24 for each range, and 8 bytes behind them, are added to it
endstruc

HANDOVER        equ SCRATCH
RANGES          equ 0x7100          ; 24 bytes each, 20 of them from the BIOS
RANGES_END      equ RANGES + 24 * 64
SMAP            equ 0x534d4150

boot:
        enter_rom
        mov si, kernel
        call load
        mov si, initrd
        call load
        mov ax, SETUP_SIZE
        call number
        mov ecx, eax
        mov edi, HANDOVER
        mov ax, SETUP_DATA
        call fetch

        mov di, RANGES
        add di, [HANDOVER + handover.lead]
        xor ebx, ebx
.range:
        mov dword [di + 20], 0
        mov eax, 0xe820
        mov edx, SMAP
        mov ecx, 20
        int 0x15
        jc .mapped
        cmp eax, SMAP
        jne .mapped
        mov eax, [HANDOVER + handover.lead]
        test ax, ax
        jz .next
        ; Multiboot 1: the size of what follows goes before each range.
        mov dword [di - 4], 20
.next:
        add di, 24
        cmp di, RANGES_END
        jae .mapped
        test ebx, ebx
        jnz .range
.mapped:
        sub di, [HANDOVER + handover.lead]
        sub di, RANGES
        movzx ebp, di               ; bytes of the map

        int 0x12
        movzx esi, ax               ; KiB below
        mov ax, 0xe801
        xor cx, cx
        xor dx, dx
        int 0x15
        jcxz .counted
        mov ax, cx
        mov bx, dx
.counted:
        movzx edi, ax               ; KiB from 1 to 16 MiB
        movzx ebx, bx               ; 64 KiB above
        shl ebx, 6
        add edi, ebx

        cli
        mov al, 2
        out 0x92, al                ; A20
        xor ebx, ebx
        mov bx, cs
        shl ebx, 4
        lea eax, [ebx + descriptors]
        mov word [NUMBER + 8], 23
        mov [NUMBER + 10], eax
        lgdt [NUMBER + 8]
        lea eax, [ebx + protected]
        mov [NUMBER], eax
        mov word [NUMBER + 4], 8
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp far dword [NUMBER]

bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov ebx, HANDOVER
        mov edx, [ebx + handover.memory]
        mov [edx], esi
        mov [edx + 4], edi
        mov ecx, ebp
        mov esi, RANGES
        mov edi, [ebx + handover.ranges]
        rep movsb
        mov dword [edi], 0          ; the tag that ends a Multiboot 2 information
        mov dword [edi + 4], 8
        mov edi, [ebx + handover.total]
        lea eax, [ebp + 8]
        add [edi], eax
        mov eax, ebp
        xor edx, edx
        mov ecx, 24
        div ecx
        mul dword [ebx + handover.scale]
        add eax, [ebx + handover.bias]
        mov edi, [ebx + handover.count]
        mov [edi], eax
        mov eax, [ebx + handover.eax]
        mov ecx, [ebx + handover.entry]
        mov ebx, [ebx + handover.ebx]
        xor edx, edx
        xor esi, esi
        xor edi, edi
        xor ebp, ebp
        jmp ecx

align 8, db 0
descriptors:
        dq 0
        dq 0x00cf9b000000ffff       ; code
        dq 0x00cf93000000ffff       ; data

        times ROM_BLOCKS * 512 - ($ - $$) db 0
